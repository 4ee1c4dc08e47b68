import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { type Migration, PRISMA_DIRECTORY, readMigrations } from './read-migrations.js';
import type { MigrationList } from './schema-engine.js';

const LOCK_TIMEOUT_MS = 300_000;

/** The database could not be brought up to date. The message tells an administrator what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

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
  directory = join(PRISMA_DIRECTORY, 'migrations'),
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(directory);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {}); // the query that needs the connection reports it
  try {
    await client.connect();
    if (await isUpToDate(client, migrations)) return { applied: [] };
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query(`SELECT pg_advisory_lock(hashtext('passerelle.migrate'))`);
    if (await isUpToDate(client, migrations)) return { applied: [] };
    return { applied: await apply(url, directory, migrations) };
  } catch (cause) {
    throw explainMigration(cause);
  } finally {
    await client.end().catch(() => {}); // gives the lock back
  }
}

/** Spares the usual start the loading of the engine. */
async function isUpToDate(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  const table = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  if (table.rows[0]?.there !== true) return false;
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT migration_name AS name, checksum FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  const checksums = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  return migrations.every(({ name, sql }) => checksums.get(name) === checksumOf(sql));
}

function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
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

/** What went wrong, as a sentence for an administrator. */
export function explainMigration(cause: unknown): MigrationError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as { code?: unknown }).code;
  return new MigrationError(sentenceFor(String(code), said), { cause });
}

function sentenceFor(code: string, said: string): string {
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'ECONNRESET'].includes(code)) {
    return `The database cannot be reached (${code}). Check DATABASE_URL and that the server runs.`;
  }
  if (code === '28P01' || code === '28000') {
    return 'The database refuses the role or password of DATABASE_URL. Correct them.';
  }
  if (code === '3D000') return 'The database named in DATABASE_URL does not exist. Create it.';
  if (code === '42501' || /permission denied/i.test(said)) {
    return `The role of DATABASE_URL may not change the database: ${said} Grant it CREATE on the database and on the schema public.`;
  }
  if (code === '55P03') {
    return 'Another process has been migrating the database for five minutes. Look at what it does, then run `passerelle migrate` again.';
  }
  return `The database could not be migrated: ${said.trim()} Restore the backup or repair what is named, then run \`passerelle migrate\` again.`;
}
