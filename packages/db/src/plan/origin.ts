import { isTaskName } from '@passerelle/roster';
import type { ChangeOrigin, RunTrigger } from '@passerelle/sync';

/** Columns that say where a change of alias `c` comes from, its run being `r`; see {@link RUN_OF_CHANGE}. */
export const ORIGIN_COLUMNS = 'c.run_id, c.at, c.actor, r.task, r.trigger::text, r.requested_by';

/** Runs are forgotten sooner than what they did. */
export const RUN_OF_CHANGE = 'LEFT JOIN sync_runs r ON r.id = c.run_id';

export interface OriginRow {
  run_id: number | null;
  /** Null: no change was found. */
  at: Date | null;
  actor: string | null;
  task: string | null;
  trigger: RunTrigger | null;
  requested_by: string | null;
}

/** A row's origin in the port's terms. */
export function toOrigin(row: OriginRow & { at: Date }): ChangeOrigin;
export function toOrigin(row: OriginRow): ChangeOrigin | null;
export function toOrigin(row: OriginRow): ChangeOrigin | null {
  const { run_id: runId, at, actor, task, trigger, requested_by: requestedBy } = row;
  if (at === null) return null;
  const known = task !== null && isTaskName(task) ? task : null;
  return { runId, at, task: known, trigger, requestedBy, actor };
}
