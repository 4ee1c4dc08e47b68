import { z } from 'zod';
import { describeRunEvent } from '../runs/describe-run-event.js';
import type { RunEvent } from '../ports/run-events.js';

/** Something that became of a run or of one of its parts. */
export const runEventJson = z.strictObject({
  /** Grows; a stream goes on after it (`Last-Event-ID`). */
  id: z.string(),
  run: z.int().positive(),
  at: z.iso.datetime(),
  /** Null: of the run itself. */
  part: z.int().nonnegative().nullable(),
  state: z.string(),
  /** What it is about and why, where there is anything to say; no personal values. */
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
  inWords: z.strictObject({ fr: z.string(), en: z.string() }),
});
export type RunEventJson = z.infer<typeof runEventJson>;

/**
 * An event as JSON.
 * @param time shows a time in the centre's time zone
 */
export function toRunEventJson(event: RunEvent, time: (at: Date) => string): RunEventJson {
  const { id, runId: run, at, part, state, detail } = event;
  return {
    ...{ id, run, at: at.toISOString(), part, state, detail: { ...detail } },
    inWords: describeRunEvent(event, time),
  };
}
