import { createDatabase, type Database } from '@passerelle/db';
import { nextRun, parseSchedule } from '@passerelle/roster';
import pg from 'pg';
import { createTestDatabase } from '../../support/database.js';

export const NOW = new Date('2026-10-01T00:00:00Z');

/** The stores over a database of their own, with the seven tasks in it. */
export async function openTestDatabase(): Promise<
  Database & { sql: pg.Pool; url: string; drop(): Promise<void>; dispose(): Promise<void> }
> {
  const { url, drop } = await createTestDatabase();
  const db = createDatabase(url, { poolSize: 8, log: { warn: () => {} } });
  const sql = new pg.Pool({ connectionString: url, max: 2 });
  await db.tasks.seedTasks(NOW, (fields, after) => {
    const parsed = parseSchedule(fields);
    return parsed.ok ? nextRun(parsed.schedule, after, 'Europe/Paris') : null;
  });
  const dispose = async () => {
    await db.close();
    await sql.end();
    await drop();
  };
  return { ...db, sql, url, drop, dispose };
}
