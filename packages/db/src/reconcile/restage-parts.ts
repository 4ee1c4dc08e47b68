import type { Reading } from '@passerelle/roster';
import { createRunTables } from '../staging/run-tables.js';
import type { SqlClient } from '../staging/tables.js';

/** Sets parts back to `pending`, to be read again, with tables there to receive them. */
export async function restageParts(
  tx: SqlClient,
  runId: number,
  readings: readonly Reading[],
  numbers: readonly number[],
): Promise<void> {
  await createRunTables(tx, runId, readings);
  await tx.$executeRawUnsafe(
    `UPDATE sync_run_parts
        SET state = 'pending', staged = 0, ended_at = NULL
      WHERE run_id = $1::int AND number = ANY ($2::int[])`,
    runId,
    numbers,
  );
}
