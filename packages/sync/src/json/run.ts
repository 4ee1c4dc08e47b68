import {
  describeGuard,
  describeSchoolYearChange,
  GUARD_NAMES,
  READINGS,
  RUN_STATES,
  TASK_NAMES,
} from '@passerelle/roster';
import { z } from 'zod';
import type { RejectedRecord, Run, RunPart, RunWait } from '../ports/runs.js';
import { missingJson } from './shortfall.js';

const count = z.int().nonnegative();
const instant = z.iso.datetime();

/** A run, wherever it is printed or answered. */
export const runJson = z.strictObject({
  id: z.int().positive(),
  task: z.enum(TASK_NAMES),
  state: z.enum(RUN_STATES),
  trigger: z.enum(['schedule', 'manual', 'api', 'retry']),
  counts: z.strictObject({
    read: count,
    created: count,
    updated: count,
    unchanged: count,
    suspended: count,
    rejected: count,
  }),
  links: z.strictObject({ added: count, removed: count }),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  seconds: z.number().nonnegative().nullable(),
  error: z.string().nullable(),
});
export type RunJson = z.infer<typeof runJson>;

/** A part of a run, as `runs show` lists it. */
export const partJson = z.strictObject({
  number: z.int().nonnegative(),
  reading: z.string(),
  period: z.string().nullable(),
  site: z.string().nullable(),
  group: z.string().nullable(),
  /** Which records of the list; null: all of them. */
  page: z.strictObject({ offset: count, limit: count }).nullable(),
  /** The part that this is a piece of. */
  pieceOf: count.nullable(),
  state: z.enum(['pending', 'running', 'done', 'failed', 'cancelled', 'split', 'set_aside']),
  attempt: count,
  read: count,
  rejected: count,
  error: z.string().nullable(),
});
type PartJson = z.infer<typeof partJson>;

/** A record that a run set aside: where, and why; never what it said. */
export const rejectionJson = z.strictObject({
  part: z.int().nonnegative(),
  reading: z.string(),
  record: z.int().positive(),
  code: z.string().nullable(),
  reason: z.string(),
  path: z.string(),
  message: z.string(),
});
type RejectionJson = z.infer<typeof rejectionJson>;

/** What a run waits for, and until when as far as is known. */
const waitJson = z.strictObject({ reason: z.enum(['source', 'calendar']), until: instant });
type WaitJson = z.infer<typeof waitJson>;

const bilingual = z.strictObject({ fr: z.string(), en: z.string() });

/** A guard that tripped: where, on what numbers, and in words. */
const guardJson = z.strictObject({
  guard: z.enum(GUARD_NAMES),
  reading: z.enum(READINGS),
  subject: z.enum(['records', 'memberships', 'tutorships']),
  site: z.string().nullable(),
  group: z.string().nullable(),
  found: count,
  limit: count,
  of: count,
  inWords: bilingual,
});

/** Who approved or rejected what a run held, when and why. */
const decisionJson = z.strictObject({ by: z.string(), reason: z.string(), at: instant });

/** What the guards found in a run, and what came of it. */
const guardsJson = z.strictObject({
  guards: z.array(guardJson),
  notes: z.array(bilingual),
  decision: decisionJson.nullable(),
});

/** A run with its parts and what they set aside: what `runs show` prints. */
export const runDetailJson = runJson.extend({
  /** Whose grace it began: beside `counts.suspended`, since they are suspended later unless they come back. */
  missing: count,
  dryRun: z.boolean(),
  wait: waitJson.nullable(),
  ...guardsJson.shape,
  ...missingJson.shape,
  parts: z.array(partJson),
  rejections: z.array(rejectionJson),
});

/** A run as JSON; a held one tells why in `error`. */
export function toRunJson(run: Run): RunJson {
  return {
    id: run.id,
    task: run.task,
    state: run.state,
    trigger: run.trigger,
    counts: { ...run.counts },
    links: { ...run.links },
    startedAt: run.startedAt?.toISOString() ?? null,
    endedAt: run.endedAt?.toISOString() ?? null,
    seconds: runSeconds(run),
    error: run.error ?? run.holdReason,
  };
}

/** A part of a run as JSON. */
export function toPartJson(part: RunPart): PartJson {
  const { number, reading, state, attempt, read, rejected, error } = part;
  const { periodCode: period, siteCode: site, groupCode: group, splitFrom: pieceOf } = part;
  const page = part.page === null ? null : { offset: part.page.offset, limit: part.page.limit };
  const place = { period, site, group, page, pieceOf };
  return { number, reading, ...place, state, attempt, read, rejected, error };
}

/** How far a run is. */
export const runProgressJson = z.strictObject({
  /** Parts that have ended, and parts there are; 0 of 0 before the plan is made. */
  partsDone: count,
  partsTotal: count,
  partsFailed: count,
  /** Records read so far, repeated ones included. */
  read: count,
});

/** How far a run is, by its parts. */
export function toRunProgressJson(parts: readonly RunPart[]): z.infer<typeof runProgressJson> {
  const open = parts.filter(({ state }) => state === 'pending' || state === 'running');
  return {
    partsDone: parts.length - open.length,
    partsTotal: parts.length,
    partsFailed: parts.filter(({ state }) => state === 'failed').length,
    read: parts.reduce((sum, part) => sum + part.read, 0),
  };
}

/** What a run waits for as JSON. */
export function toWaitJson(wait: RunWait | null): WaitJson | null {
  return wait === null ? null : { reason: wait.reason, until: wait.until.toISOString() };
}

/** What the guards found in a run as JSON. */
export function toGuardsJson({
  guards,
  schoolYear,
  decision,
}: Pick<Run, 'guards' | 'schoolYear' | 'decision'>): z.infer<typeof guardsJson> {
  const turn = schoolYear === null ? null : describeSchoolYearChange(schoolYear);
  return {
    guards: guards.map((tripped) => {
      const { guard, reading, subject, site, group, found, limit, of } = tripped;
      const numbers = { found, limit, of, inWords: describeGuard(tripped) };
      return { guard, reading, subject, site, group, ...numbers };
    }),
    notes: turn === null ? [] : [turn],
    decision:
      decision === null
        ? null
        : { by: decision.by, reason: decision.reason, at: decision.at.toISOString() },
  };
}

/** A rejected record as JSON. */
export function toRejectionJson(record: RejectedRecord): RejectionJson {
  const { partNumber: part, reading, ordinal, code, reason, path, message } = record;
  return { part, reading, record: ordinal, code, reason, path, message };
}

/** From start to end, to the millisecond; null while the run is under way. */
export function runSeconds(run: Pick<Run, 'startedAt' | 'endedAt'>): number | null {
  if (run.startedAt === null || run.endedAt === null) return null;
  return Math.max(0, run.endedAt.getTime() - run.startedAt.getTime()) / 1000;
}
