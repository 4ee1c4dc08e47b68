import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareSchema, MigrationError, migrateDatabase, pendingMigrations } from '@passerelle/db';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterAll(() => database.drop());

test('several processes may migrate at once: one does it, and it is done once', async () => {
  const all = (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name)).toSorted();
  expect(await pendingMigrations(database.url)).toEqual(all);
  const results = await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(database.url)));

  const working = results.filter(({ applied }) => applied.length > 0);
  expect(working).toHaveLength(1);
  expect(working[0]?.applied).toEqual(all);
  expect(await migrateDatabase(database.url)).toEqual({ applied: [] });
  expect(await pendingMigrations(database.url)).toEqual([]);
});

test('the migrations lead to what prisma/schema.prisma says', async () => {
  expect(await compareSchema(database.url)).toBe('');
});

test('what Prisma cannot say is there too', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT indexname AS name FROM pg_indexes WHERE indexdef LIKE '%WHERE%' ORDER BY 1`,
  );
  const collated = await client.query(
    `SELECT FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
     WHERE a.attrelid = 'users'::regclass AND c.collname = 'C'
       AND a.attname IN ('code', 'login', 'email', 'search_name', 'search_first_name')`,
  );
  const functions = await client.query(
    `SELECT FROM pg_proc WHERE proname IN
       ('take_source_permit', 'refuse_audit_change', 'forget_audit_events', 'empty_audit_events',
        'run_event')`,
  );
  const triggers = await client.query<{ name: string }>(
    `SELECT tgname AS name FROM pg_trigger WHERE tgrelid IN ('audit_events'::regclass, 'sync_runs'::regclass, 'sync_run_parts'::regclass)
        AND NOT tgisinternal ORDER BY 1`,
  );
  const nulls = await client.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indnullsnotdistinct ORDER BY 1`,
  );
  const staging = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'staging'`);
  await client.end();

  expect(rows.map(({ name }) => name)).toEqual([
    'alert_deliveries_open',
    'alerts_open_key',
    'memberships_unresolved',
    'run_events_unnumbered',
    'sync_runs_one_active_per_task',
    'sync_runs_one_active_per_user',
    'tutorships_unresolved',
    'users_missing',
    'users_odd_code',
    'users_odd_email',
    'users_odd_login',
    'users_suspended',
    'users_teachers_by_name',
    'users_tutors_by_name',
  ]);
  expect(collated.rowCount).toBe(5);
  expect(functions.rowCount).toBe(5);
  expect(triggers.rows.map(({ name }) => name)).toEqual([
    'audit_events_append_only',
    'audit_events_no_truncate',
    'part_changed',
    'run_changed',
    'run_requested',
  ]);
  expect(nulls.rows.map(({ name }) => name)).toEqual([
    'capability_grants_user_id_capability_site_id_key',
    'source_pieces_reading_site_code_group_code_key',
  ]);
  expect(staging.rowCount).toBe(1);
});

test('a failing migration is reported in a sentence, and the next call says so again', async () => {
  const own = await createTestDatabase({ migrated: false });
  const directory = await mkdtemp(join(tmpdir(), 'passerelle-migrations-'));
  await cp(MIGRATIONS, directory, { recursive: true });
  await mkdir(join(directory, '29990101000000_broken'));
  await writeFile(join(directory, '29990101000000_broken/migration.sql'), 'SELECT nonsense;\n');

  await expect(migrateDatabase(own.url, directory)).rejects.toThrow(/29990101000000_broken/);
  await expect(migrateDatabase(own.url, directory)).rejects.toBeInstanceOf(MigrationError);

  await rm(directory, { recursive: true });
  await own.drop();
});

test('an unreachable server, a wrong password and a missing database have their own sentences', async () => {
  const wrongPassword = new URL(database.url);
  wrongPassword.password = 'wrong';
  const missing = new URL(database.url);
  missing.pathname = '/missing';

  await expect(migrateDatabase('postgresql://a:b@127.0.0.1:1/x')).rejects.toThrow(
    'The database cannot be reached (ECONNREFUSED)',
  );
  await expect(migrateDatabase(wrongPassword.href)).rejects.toThrow('refuses the role or password');
  await expect(migrateDatabase(missing.href)).rejects.toThrow('does not exist');
});
