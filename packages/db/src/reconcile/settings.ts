import type { SqlClient } from '../staging/tables.js';

/**
 * What suits the few large statements of a reconciling better than a server's
 * defaults: room to sort and hash in memory, and no compiling of each statement.
 */
export async function tuneTransaction(tx: SqlClient): Promise<void> {
  await tx.$executeRawUnsafe(
    `SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true)`,
  );
}

/** Keeps others from deleting what new rows refer to; readers go on. */
export async function lockReferences(tx: SqlClient): Promise<void> {
  await tx.$executeRawUnsafe('LOCK TABLE sites, groups, users IN SHARE ROW EXCLUSIVE MODE');
}

/**
 * Runs inserts of rows whose references are right by construction: each names
 * a row that the same transaction has inserted or found, and that nobody can
 * delete meanwhile, as the tables are locked against other writers. Where the
 * database's role may say so, PostgreSQL then need not look every single one
 * up again, which is a third of a first sync; elsewhere it does.
 */
export async function withReferencesGiven<T>(tx: SqlClient, insert: () => Promise<T>): Promise<T> {
  await setReferenceChecks(tx, 'replica');
  const result = await insert();
  await setReferenceChecks(tx, 'origin');
  return result;
}

async function setReferenceChecks(tx: SqlClient, role: 'replica' | 'origin'): Promise<void> {
  await tx.$executeRawUnsafe(
    `SELECT set_config('session_replication_role', $1::text, true)
      WHERE has_parameter_privilege('session_replication_role', 'SET')`,
    role,
  );
}
