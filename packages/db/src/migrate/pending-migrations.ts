import { join } from 'node:path';
import pg from 'pg';
import { explainMigration } from './migrate-database.js';
import { PRISMA_DIRECTORY, readMigrations } from './read-migrations.js';

/**
 * The migrations of prisma/migrations that the database lacks. It only looks:
 * the role needs no more than to read.
 *
 * @param url connection string
 * @throws MigrationError when the database cannot be asked
 */
export async function pendingMigrations(
  url: string,
  directory = join(PRISMA_DIRECTORY, 'migrations'),
): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {}); // the query that needs the connection reports it
  try {
    await client.connect();
    const applied = await readApplied(client);
    return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
  } catch (cause) {
    throw explainMigration(cause);
  } finally {
    await client.end().catch(() => {});
  }
}

async function readApplied(client: pg.Client): Promise<Set<string>> {
  const table = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  if (table.rows[0]?.there !== true) return new Set();
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return new Set(rows.map(({ name }) => name));
}
