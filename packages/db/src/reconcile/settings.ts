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
