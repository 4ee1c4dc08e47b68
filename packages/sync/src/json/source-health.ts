import { TASK_NAMES } from '@passerelle/roster';
import { z } from 'zod';
import { describeEvent } from '../health/describe-event.js';
import type { SourceHealth } from '../health/source-health.js';
import type { RecordedEvent } from '../ports/source-state.js';

const count = z.int().nonnegative();
const instant = z.iso.datetime();
const sentence = { fr: z.string(), en: z.string() };
const call = { purpose: z.string(), operation: z.string() };

/** How the source fares, as `source health` prints it. Times are UTC. */
export const sourceHealthJson = z.strictObject({
  state: z.enum(['answers', 'rests', 'paused', 'unknown']),
  /** When this was so, and how many hours back calls and events go. */
  at: instant,
  hours: count,
  limit: count,
  hardCap: count,
  ceiling: count.nullable(),
  limitHistory: z.array(z.strictObject({ at: instant, limit: count })),
  underWay: z.array(
    z.strictObject({ ...call, site: z.string().nullable(), since: instant, until: instant }),
  ),
  restsSince: instant.nullable(),
  nextProbeAt: instant.nullable(),
  failuresInARow: count,
  lastSuccessAt: instant.nullable(),
  retriesLeft: count,
  pausedUntil: instant.nullable(),
  calls: z.array(
    z.strictObject({
      ...call,
      outcomes: z.record(z.string(), count),
      latencyMs: z.strictObject({ p50: z.number(), p90: z.number(), p99: z.number() }).nullable(),
      largestOkBytes: count,
      largestFailedBytes: count,
    }),
  ),
  waiting: z.array(
    z.strictObject({
      run: z.int().positive(),
      task: z.enum(TASK_NAMES),
      reason: z.enum(['source', 'calendar']).nullable(),
      until: instant.nullable(),
    }),
  ),
  /** Newest first; what else there is depends on the kind. */
  events: z.array(z.looseObject({ id: count, at: instant, kind: z.string(), ...sentence })),
  advice: z.array(z.strictObject({ code: z.string(), ...sentence })),
});
export type SourceHealthJson = z.infer<typeof sourceHealthJson>;

/**
 * The source's health as JSON.
 * @param time shows a time within an event's sentence
 */
export function toSourceHealthJson(
  health: SourceHealth,
  looked: { at: Date; hours: number },
  time: (at: Date, now: Date) => string,
): SourceHealthJson {
  const { state, limit, hardCap, ceiling, failuresInARow, retriesLeft } = health;
  return {
    ...{ state, at: looked.at.toISOString(), hours: looked.hours, limit, hardCap, ceiling },
    limitHistory: health.limitHistory.map((step) => ({ ...step, at: step.at.toISOString() })),
    underWay: health.underWay.map(({ purpose, operation, siteCode: site, takenAt, until }) => ({
      ...{ purpose, operation, site },
      ...{ since: takenAt.toISOString(), until: until.toISOString() },
    })),
    restsSince: toInstant(health.restsSince),
    nextProbeAt: toInstant(health.nextProbeAt),
    ...{ failuresInARow, retriesLeft },
    lastSuccessAt: toInstant(health.lastSuccessAt),
    pausedUntil: toInstant(health.pausedUntil),
    calls: health.calls.map(({ outcomes, ...figures }) => ({
      ...{ ...figures, outcomes },
    })),
    waiting: health.waiting.map(({ id: run, task, wait }) => ({
      ...{ run, task, reason: wait?.reason ?? null, until: toInstant(wait?.until ?? null) },
    })),
    events: health.events.map((event) => toEventJson(event, time)),
    advice: health.advice.map(({ code, text }) => ({ code, ...text })),
  };
}

function toEventJson(
  { id, at, event }: RecordedEvent,
  time: (at: Date, now: Date) => string,
): SourceHealthJson['events'][number] {
  const { kind, ...details } = event;
  const until = 'until' in details ? { until: new Date(details.until).toISOString() } : {};
  const said = describeEvent(event, (ms) => time(new Date(ms), at));
  return { id, at: at.toISOString(), kind, ...said, ...details, ...until };
}

const toInstant = (at: Date | null): string | null => at?.toISOString() ?? null;
