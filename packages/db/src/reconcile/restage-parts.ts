import type { SqlClient } from '../staging/tables.js';

/** Sets parts back to `pending`, to be read again. */
export async function restageParts(
  tx: SqlClient,
  runId: number,
  numbers: readonly number[],
): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE sync_run_parts
        SET state = 'pending', staged = 0, ended_at = NULL
      WHERE run_id = $1::int AND number = ANY ($2::int[])`,
    runId,
    numbers,
  );
}
