import type { Reading } from '@passerelle/roster';
import {
  STAGING_COLUMNS,
  STAGING_TABLES,
  type SqlClient,
  type StagingTable,
  stagingName,
  tablesOfRun,
} from './tables.js';

/**
 * Makes the tables in which the parts of a run leave what they read, where they
 * are not there yet. Unlogged: after a crash of the server they are empty,
 * which reconciling notices.
 */
export async function createRunTables(
  tx: SqlClient,
  runId: number,
  readings: readonly Reading[],
): Promise<void> {
  for (const table of tablesOfRun(readings)) {
    await tx.$executeRawUnsafe(
      `CREATE UNLOGGED TABLE IF NOT EXISTS ${stagingName(runId, table)}
         (part int NOT NULL, attempt int NOT NULL, ${STAGING_COLUMNS[table].join(', ')})`,
    );
  }
}

/**
 * Drops a run's tables; waits for those who still write to them. Tables of a role that
 * this one may not act for stay until the housekeeping sweeps them: a role of the API's
 * own ends runs that workers have begun.
 */
export async function dropRunTables(tx: SqlClient, runId: number): Promise<void> {
  const names = STAGING_TABLES.map((table) => stagingName(runId, table));
  const rows = await tx.$queryRawUnsafe<{ name: string }[]>(
    `SELECT c.oid::regclass::text AS name
       FROM unnest($1::text[]) AS t (name) JOIN pg_class c ON c.oid = to_regclass(t.name)
      WHERE pg_has_role(c.relowner, 'USAGE')`,
    names,
  );
  if (rows.length === 0) return;
  await tx.$executeRawUnsafe(`DROP TABLE IF EXISTS ${rows.map(({ name }) => name).join(', ')}`);
}

/** The staging tables that a run has at this moment. */
async function existingTables(tx: SqlClient, runId: number): Promise<StagingTable[]> {
  const rows = await tx.$queryRawUnsafe<{ table: StagingTable }[]>(
    `SELECT t AS "table" FROM unnest($1::text[]) AS t
      WHERE to_regclass('staging.run_' || $2::int || '_' || t) IS NOT NULL`,
    STAGING_TABLES,
    runId,
  );
  return rows.map((row) => row.table);
}

/**
 * Removes what earlier attempts of a part staged and rejected; without effect
 * before its first attempt ended. Rows that a late writer adds afterwards do
 * not count either, as each carries its attempt; what it sets aside is not taken.
 */
export async function removeAttempts(
  tx: SqlClient,
  runId: number,
  partNumber: number,
): Promise<void> {
  await tx.$executeRawUnsafe(
    'DELETE FROM rejected_records WHERE run_id = $1::int AND part_number = $2::int',
    runId,
    partNumber,
  );
  for (const table of await existingTables(tx, runId)) {
    await tx.$executeRawUnsafe(
      `DELETE FROM ${stagingName(runId, table)} WHERE part = $1::int`,
      partNumber,
    );
  }
}
