import type { ChangedEntity, ChangeKind } from '@passerelle/roster';
import type { Image, PlannedChange } from '@passerelle/sync';
import { HELD_AS_CHANGES } from './held-rows.js';
import { projectChanges } from './projection.js';

/** A run whose plan is asked for. */
export interface PlannedRun {
  id: number;
  dryRun: boolean;
}

/** A change as both sources of a plan give it. */
export interface PlanRow {
  id: bigint;
  entity: ChangedEntity;
  ref: string;
  kind: ChangeKind;
  held: boolean;
  before: Image | null;
  after: Image | null;
  site_code: string | null;
  group_ref: string | null;
}

/**
 * SQL: the changes of a run, made or announced, in one form.
 *
 * @param within condition on the columns that its table has
 */
export function planRows(run: PlannedRun, within: string): string {
  return run.dryRun
    ? `SELECT * FROM planned_changes WHERE ${within}`
    : `SELECT p.*, false AS held FROM (${projectChanges(`(SELECT * FROM changes WHERE ${within})`)}) p`;
}

/** SQL: what a run that was not dry holds back, in the same form. */
export function heldRows(within: string): string {
  const held = `(SELECT * FROM (${HELD_AS_CHANGES}) h WHERE ${within})`;
  return `SELECT p.*, true AS held FROM (${projectChanges(held)}) p`;
}

/** The table in which a run's plan stands. */
export function tableOf(run: PlannedRun): 'planned_changes' | 'changes' {
  return run.dryRun ? 'planned_changes' : 'changes';
}

/** A row in the port's terms. */
export function toPlannedChange(row: PlanRow): PlannedChange {
  const { entity, ref, kind, held, before, after, site_code: site, group_ref: group } = row;
  return { entity, ref, kind, held, before, after, site, group };
}
