import type { Reading } from '@passerelle/roster';
import { forgetPlans, keepChanges, type KeptPlan, lastChangeId } from '../plan/keep-plan.js';
import type { SqlClient } from '../staging/tables.js';
import { userKindOf } from '../staging/user-kinds.js';
import { LINKS } from './links/link-spec.js';
import { listSpecOf } from './lists/list-spec.js';
import { recordRemovals } from './rows/remove-rows.js';
import { USERS } from './rows/row-spec.js';
import type { Applied, Work } from './work.js';

type Outcome = Applied | { restage: number[] };

/**
 * Applies a dry run's rows, keeps what that changed as its plan, and takes it
 * back, all within the transaction: what is announced is what was done. The
 * transaction holds its locks until the run's end is written, so no other attempt
 * comes in between; killed before, it leaves rows of an attempt that does not count.
 *
 * @param elsewhere another connection, by which the plan outlives what is taken back
 */
export async function rehearse(
  work: Work,
  elsewhere: SqlClient,
  apply: () => Promise<Outcome>,
): Promise<Outcome> {
  const { tx, runId } = work;
  const plan: KeptPlan = { tx, elsewhere, runId, attempt: await attemptOf(tx) };
  await tx.$executeRawUnsafe('SAVEPOINT rehearsal');
  const before = await lastChangeId(tx);
  const applied = await apply();
  if (!('restage' in applied)) {
    await keepChanges(plan, before, false);
    if (applied.held > 0) await keepHeld(work, plan);
  }
  await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT rehearsal');
  await forgetPlans(tx, runId, plan.attempt);
  return applied;
}

/** The transaction's own number: no other attempt has it. */
async function attemptOf(tx: SqlClient): Promise<bigint> {
  const [row] = await tx.$queryRawUnsafe<{ attempt: bigint }[]>(
    'SELECT pg_current_xact_id()::text::bigint AS attempt',
  );
  if (row === undefined) throw new Error('The database did not name the transaction.');
  return row.attempt;
}

/** Removals that were found and held back are planned, too. */
async function keepHeld(work: Work, plan: KeptPlan): Promise<void> {
  const before = await lastChangeId(work.tx);
  const [reading] = work.readings;
  if (reading !== undefined) await recordLeaving(work, reading);
  await keepChanges(plan, before, true);
}

/** By the temporary tables that the search for leavers has left. */
async function recordLeaving(work: Work, reading: Reading): Promise<void> {
  if (userKindOf(reading) === null) {
    await recordRemovals(work, listSpecOf(reading).rows, 'leaving_rows');
    return;
  }
  for (const { rows, table } of LINKS) await recordRemovals(work, rows, `leaving_${table}`);
  await recordRemovals(work, USERS, 'leaving_users');
}
