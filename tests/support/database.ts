import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of a test's own. */
export interface TestDatabase {
  url: string;
  /** Ends whatever connections there still are. */
  drop(): Promise<void>;
}

/**
 * A migrated, empty database on the test run's server (tests/support/global-database.ts).
 *
 * @param options.migrated false: nothing in it at all
 */
export async function createTestDatabase(options?: { migrated?: boolean }): Promise<TestDatabase> {
  const { url, template } = inject('databaseServer');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const source = options?.migrated === false ? 'template0' : template;
  await runOn(url, `CREATE DATABASE ${name} TEMPLATE ${source}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => dropDatabase(url, name) };
}

/** PostgreSQL waits some seconds for connections that are just closing; those that stay are ended. */
async function dropDatabase(url: string, name: string): Promise<void> {
  await runOn(url, `DROP DATABASE ${name}`).catch(() =>
    runOn(url, `DROP DATABASE ${name} WITH (FORCE)`),
  );
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
