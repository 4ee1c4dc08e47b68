import { type SqlClient } from './tables.js';

/**
 * Drops the staging tables of runs that are not under way (left by an older
 * version, or by a database restored from a backup).
 *
 * @returns how many tables went
 */
export async function sweepStaging(db: SqlClient): Promise<number> {
  const rows = await db.$queryRawUnsafe<{ name: string }[]>(
    `SELECT t.tablename AS name
       FROM pg_tables t
       LEFT JOIN sync_runs r
         ON r.id::text = substring(t.tablename FROM '^run_([0-9]+)_')
        AND r.state IN ('queued', 'running', 'waiting')
      WHERE t.schemaname = 'staging' AND t.tablename ~ '^run_[0-9]+_[a-z]+$' AND r.id IS NULL`,
  );
  for (const { name } of rows) {
    await db.$executeRawUnsafe(`DROP TABLE IF EXISTS staging.${name}`);
  }
  return rows.length;
}
