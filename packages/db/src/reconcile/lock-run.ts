import type { SqlClient } from '../staging/tables.js';

/** A run as reconciling needs to know it. */
export interface LockedRun {
  id: number;
  task: string;
  state: string;
  site_code: string | null;
  dry_run: boolean;
  user_id: number | null;
  only_missing: boolean;
}

/** Any number; all reconciling of one database goes by it. */
const RECONCILE_LOCK = 7_276_301;

/** Waits until no reconciling is under way; none begins before the transaction ends. */
export async function waitForReconciling(tx: SqlClient): Promise<void> {
  await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock($1::bigint)', RECONCILE_LOCK);
}

/** Likewise, but does not wait: true if one is under way. */
export async function isReconciling(tx: SqlClient): Promise<boolean> {
  const [row] = await tx.$queryRawUnsafe<{ taken: boolean }[]>(
    'SELECT pg_try_advisory_xact_lock($1::bigint) AS taken',
    RECONCILE_LOCK,
  );
  return row?.taken !== true;
}

/**
 * Waits for its turn and holds the run until the transaction ends. One
 * reconciling at a time: two tasks that refer to each other's rows would
 * otherwise miss what the other is just adding, or lock each other out.
 */
export async function lockRun(tx: SqlClient, runId: number): Promise<LockedRun | null> {
  await waitForReconciling(tx);
  const [run] = await tx.$queryRawUnsafe<LockedRun[]>(
    `SELECT id, task, state::text, site_code, dry_run, user_id, only_missing
       FROM sync_runs WHERE id = $1::int FOR NO KEY UPDATE`,
    runId,
  );
  return run ?? null;
}
