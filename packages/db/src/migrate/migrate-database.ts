import { join } from 'node:path';
import pg from 'pg';
import { explainMigration } from './migration-error.js';
import { type Migration, PRISMA_DIRECTORY, readMigrations } from './read-migrations.js';
import type { MigrationList } from './schema-engine.js';

const LOCK_TIMEOUT_MS = 300_000;

/** The checkout's own. */
const MIGRATIONS = join(PRISMA_DIRECTORY, 'migrations');

/**
 * Applies the migrations of prisma/migrations that the database lacks, as
 * `prisma migrate deploy` would: same files, same bookkeeping table. Several
 * processes may call it at once, one of them does the work.
 *
 * @param url connection string of a database that this role may change
 * @returns the names of the migrations that this call applied
 * @throws MigrationError
 */
export async function migrateDatabase(
  url: string,
  directory = MIGRATIONS,
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(directory);
  return withConnection(url, async (client) => {
    if ((await findPending(client, migrations)).length === 0) return { applied: [] };
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query(`SELECT pg_advisory_lock(hashtext('passerelle.migrate'))`);
    if ((await findPending(client, migrations)).length === 0) return { applied: [] };
    return { applied: await apply(url, directory, migrations) };
  });
}

/**
 * The names of the migrations that the database lacks, without changing it.
 *
 * @throws MigrationError
 */
export async function pendingMigrations(url: string, directory = MIGRATIONS): Promise<string[]> {
  const migrations = await readMigrations(directory);
  return withConnection(url, (client) => findPending(client, migrations));
}

async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {}); // the query that needs the connection reports it
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    throw explainMigration(cause);
  } finally {
    await client.end().catch(() => {}); // gives the lock back
  }
}

/** Spares the usual start the loading of the engine. */
async function findPending(client: pg.Client, migrations: readonly Migration[]): Promise<string[]> {
  const names = migrations.map(({ name }) => name);
  const table = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  if (table.rows[0]?.there !== true) return names;
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  const applied = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !applied.has(name));
}

async function apply(
  url: string,
  directory: string,
  migrations: readonly Migration[],
): Promise<string[]> {
  const { withSchemaEngine, NO_FILTERS } = await import('./schema-engine.js');
  const migrationsList = listFor(directory, migrations);
  const done = await withSchemaEngine(url, (engine) =>
    engine.applyMigrations({ migrationsList, filters: NO_FILTERS }),
  );
  return done.appliedMigrationNames;
}

/** What the engine wants to know of prisma/migrations. */
export function listFor(baseDir: string, migrations: readonly Migration[]): MigrationList {
  return {
    baseDir,
    lockfile: { path: './migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}
