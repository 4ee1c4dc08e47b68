import { isTaskName, TASKS } from '@passerelle/roster';
import type { ReconcileContext, RunDecision } from '@passerelle/sync';
import type { SqlClient } from '../../staging/tables.js';
import { userKindOf } from '../../staging/user-kinds.js';
import { LINKS, MEMBERSHIP_LINKS, TUTORSHIP_LINKS } from '../links/link-spec.js';
import { refreshLinks } from '../links/refresh-links.js';
import { refreshReferences } from '../lists/reconcile-list.js';
import { type ListSpec, listSpecOf } from '../lists/list-spec.js';
import { loadGuardSettings } from '../guards/load-settings.js';
import { lockRun } from '../lock-run.js';
import { removeRows } from '../rows/remove-rows.js';
import { USERS } from '../rows/row-spec.js';
import { lockReferences, tuneTransaction } from '../settings.js';
import { countOf, type Work } from '../work.js';
import { dropHeld, recordDecision } from './record-decision.js';
import { takeHeldLinks, takeHeldRows } from './take-held.js';

/** What approving came to, within its transaction. */
export type Approval =
  | { outcome: 'approved'; applied: number; leftOut: number }
  | { outcome: 'superseded' | 'not_held' };

/**
 * Applies the removals that a run held, as far as they still fit the registry,
 * with their history, and ends the run well. Where none fits any more, or a
 * newer run has read everything, nothing is applied.
 */
export async function approveHeld(
  tx: SqlClient,
  runId: number,
  decision: RunDecision,
  context: ReconcileContext,
): Promise<Approval> {
  await tuneTransaction(tx);
  const run = await lockRun(tx, runId);
  if (run === null || run.state !== 'held' || !isTaskName(run.task)) return { outcome: 'not_held' };
  await lockReferences(tx);
  const { readings } = TASKS[run.task];
  const work: Work = {
    ...{ tx, runId, readings, context, now: context.now.toISOString() },
    ...{ doneParts: [], partsSetAside: [], complete: true, person: null },
    guards: await loadGuardSettings(tx, run.task),
    actor: decision.by,
  };
  const held = await countOf(
    tx,
    'SELECT count(*) FROM held_removals WHERE run_id = $1::int',
    runId,
  );
  const applied = (await isOutdated(work)) ? NOTHING : await applyHeld(work);
  const removed = applied.suspended + applied.links;
  if (held > 0 && removed === 0) {
    await recordDecision(work, decision, {
      ...{ action: 'run.approved', state: 'partial', errorKind: 'superseded', ...NOTHING },
      error:
        'None of the removals that this run held fits the registry any more; they were dropped.',
      leftOut: held,
    });
    await dropHeld(work);
    return { outcome: 'superseded' };
  }
  await recordDecision(work, decision, {
    ...{ action: 'run.approved', state: 'succeeded', errorKind: null, error: null, ...applied },
    leftOut: held - removed,
  });
  await dropHeld(work);
  return { outcome: 'approved', applied: removed, leftOut: held - removed };
}

/** How much was applied. */
interface AppliedHeld {
  suspended: number;
  links: number;
}

const NOTHING: AppliedHeld = { suspended: 0, links: 0 };

/** Has a newer run of the task read everything since? */
async function isOutdated({ tx, runId }: Work): Promise<boolean> {
  const newer = await countOf(
    tx,
    `SELECT count(*) FROM sync_runs n JOIN sync_runs r ON r.task = n.task
      WHERE r.id = $1::int AND n.id > r.id AND n.site_code IS NULL
        AND n.user_id IS NULL AND NOT n.only_missing
        AND n.state IN ('succeeded', 'held') AND NOT n.dry_run`,
    runId,
  );
  return newer > 0;
}

async function applyHeld(work: Work): Promise<AppliedHeld> {
  const [reading = 'sites'] = work.readings;
  const kind = userKindOf(reading);
  if (kind !== null) {
    const applied = await applyPeople(work);
    if (kind !== 'tutor') await refreshLinks(work, MEMBERSHIP_LINKS, `l.role = '${kind}'`);
    if (kind !== 'teacher') await refreshLinks(work, TUTORSHIP_LINKS, 'true');
    return applied;
  }
  return applyList(work, listSpecOf(reading));
}

async function applyPeople(work: Work): Promise<AppliedHeld> {
  const suspended = await takeHeldRows(work, USERS, 'leaving_users');
  let links = 0;
  for (const spec of LINKS) {
    links += await takeHeldLinks(work, spec);
    await removeRows(work, spec.rows, `leaving_${spec.table}`);
  }
  await removeRows(work, USERS, 'leaving_users');
  return { suspended, links };
}

async function applyList(work: Work, spec: ListSpec): Promise<AppliedHeld> {
  const suspended = await takeHeldRows(work, spec.rows, 'leaving_rows');
  await removeRows(work, spec.rows, 'leaving_rows');
  await refreshReferences(work, spec);
  return { suspended, links: 0 };
}
