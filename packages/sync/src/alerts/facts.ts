import { TASK_NAMES } from '@passerelle/roster';
import { z } from 'zod';

const task = z.enum(TASK_NAMES);
const date = z.iso.datetime();

/**
 * What is known of a state that somebody should know of: dates, numbers, ids and
 * names of tasks and machines; nothing of people. Kept as JSON, sent to webhooks.
 */
export const alertFacts = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sync_too_old'), task, lastGoodAt: date.nullable() }),
  z.strictObject({ kind: z.literal('run_held'), task, runId: z.int(), heldAt: date }),
  z.strictObject({
    kind: z.literal('rejected_share'),
    ...{ task, runId: z.int(), read: z.int(), rejected: z.int() },
  }),
  z.strictObject({ kind: z.literal('source_resting'), since: date, failures: z.int() }),
  z.strictObject({
    kind: z.literal('schedule_dead'),
    tasks: z.array(task),
    scheduler: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('queue_backlog'),
    ...{ queue: z.string(), waiting: z.int(), oldestAt: date, workers: z.int() },
  }),
  z.strictObject({ kind: z.literal('queue_unreachable') }),
  z.strictObject({ kind: z.literal('disk_full'), host: z.string(), freeMb: z.int() }),
]);
export type AlertFacts = z.infer<typeof alertFacts>;
export type AlertKind = AlertFacts['kind'];

/** What an alert is known again by: as long as it holds, it is one. */
export function alertKey(facts: AlertFacts): string {
  switch (facts.kind) {
    case 'sync_too_old':
    case 'run_held':
    case 'rejected_share':
      return `${facts.kind}:${facts.task}`;
    case 'queue_backlog':
      return `${facts.kind}:${facts.queue}`;
    case 'disk_full':
      return `${facts.kind}:${facts.host}`;
    default:
      return facts.kind;
  }
}

/** `problem`: something does not work; `warning`: somebody should look. */
export type Severity = 'problem' | 'warning';

const MINUTE_MS = 60_000;

/**
 * How grave each kind is, and for how long it must hold before it is told of, in
 * milliseconds. Kinds whose rule waits by itself need no more than not to be a moment's.
 */
export const ALERT_KINDS: Readonly<Record<AlertKind, { severity: Severity; holdMs: number }>> = {
  sync_too_old: { severity: 'problem', holdMs: MINUTE_MS },
  // Whoever looks on while it happens decides at once.
  run_held: { severity: 'warning', holdMs: 5 * MINUTE_MS },
  rejected_share: { severity: 'warning', holdMs: MINUTE_MS },
  source_resting: { severity: 'warning', holdMs: MINUTE_MS },
  // A restart or an upgrade takes minutes.
  schedule_dead: { severity: 'problem', holdMs: 10 * MINUTE_MS },
  queue_backlog: { severity: 'warning', holdMs: MINUTE_MS },
  queue_unreachable: { severity: 'problem', holdMs: 10 * MINUTE_MS },
  disk_full: { severity: 'problem', holdMs: 5 * MINUTE_MS },
};
