import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase, openDatabase } from '@passerelle/db';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

const TEMPLATE = 'passerelle_template';

/**
 * One server for the whole test run, with a migrated template that
 * `createTestDatabase` copies. It never waits for the disk: what it holds is
 * worth nothing after a crash.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'passerelle-test-'));
  const server = await openDatabase({
    dataDir,
    log: { info: () => {}, warn: () => {} },
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
  });
  await makeTemplate(server.url);
  project.provide('databaseServer', { url: server.url, template: TEMPLATE });
  return async () => {
    await server.release();
    await rm(dataDir, { recursive: true, force: true });
  };
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await migrateDatabase(template.href);
}

declare module 'vitest' {
  interface ProvidedContext {
    databaseServer: { url: string; template: string };
  }
}
