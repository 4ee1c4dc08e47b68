import { createDatabase, type Database } from '@passerelle/db';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const USERS = 50_000;
let database: TestDatabase;
let watcher: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  watcher = new pg.Client({ connectionString: database.url });
  await watcher.connect();
  await watcher.query(`
    INSERT INTO groups (kind, code, name, content_hash, site_code)
      SELECT 'initial', 'G' || n, 'G', 'h', 'S' || n % 500 FROM generate_series(1, 1000) n;
    INSERT INTO users (kind, code, login, email, last_name, first_name, site_code, status,
                       content_hash, search_name, search_first_name)
      SELECT 'student', n, 'l' || n, 'e' || n || '@mail.example', '', '', 'S' || n % 500,
             (CASE WHEN n % 1000 = 0 THEN 'suspended' ELSE 'active' END)::entity_status, 'h',
             md5(n::text) || ' jean', 'jean ' || md5(n::text)
        FROM generate_series(1, ${USERS}) n;
    INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active)
      SELECT u.id, 'initial', g.code, g.id, 'student', true
        FROM users u JOIN groups g ON g.code = 'G' || (u.id % 1000 + 1);
    `);
  await watcher.query(`VACUUM (ANALYZE) users, groups, memberships`);
});
afterAll(async () => {
  await watcher.end();
  await database.drop();
});

interface Reads {
  /** Rows that went by because a whole table was read. */
  scanned: number;
  /** How often an index was looked into. */
  lookups: number;
  /** Entries of indexes on users that went by, whether or not the row itself was needed. */
  entries: number;
}

/** What PostgreSQL's own counters say a look-up read. */
async function readsOf(lookUp: (users: Database['users']) => Promise<unknown>): Promise<Reads> {
  const before = await counters();
  const db = createDatabase(database.url, { poolSize: 1, log: { warn: () => {} } });
  await lookUp(db.users);
  await db.close();
  const after = await counters();
  return {
    scanned: after.scanned - before.scanned,
    lookups: after.lookups - before.lookups,
    entries: after.entries - before.entries,
  };
}

/** A connection counts its reads when it ends, so that all others must have ended. */
async function counters(): Promise<Reads> {
  for (;;) {
    const { rowCount } = await watcher.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    if (rowCount === 0) break;
  }
  const { rows } = await watcher.query<Reads>(
    `SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables
              WHERE relname IN ('users', 'memberships', 'tutorships'))::int AS scanned,
            sum(idx_scan)::int AS lookups,
            sum(CASE relname WHEN 'users' THEN idx_tup_read END)::int AS entries
       FROM pg_stat_user_indexes WHERE relname IN ('users', 'memberships', 'tutorships')`,
  );
  return rows[0] ?? { scanned: Number.NaN, lookups: Number.NaN, entries: Number.NaN };
}

test.each([
  ['a name’s beginning', { search: 'c4ca42' }],
  ['an e-mail', { search: 'e77@mail.example' }],
  ['a code', { search: '4711' }],
  ['a kind and a name’s beginning', { kind: 'student', search: 'ab12' }],
  ['nothing: the first page', {}],
  ['a page far behind', { cursor: '0.25000' }],
  ['a site', { siteCode: 'S7' }],
  ['a group', { groupCode: 'G7' }],
  ['the suspended', { status: 'suspended' }],
  ['what everybody’s login begins with', { search: 'l' }],
  ['what nobody has', { search: 'nobody at all' }],
  ['a name’s beginning, of a site', { search: 'ab', siteCode: 'S7' }],
  ['nothing, within a site', { reach: ['S7'] }],
  ['what everybody has, within a site', { search: 'jean', reach: ['S7'] }],
  ['what nobody has, within a site', { search: 'nobody at all', reach: ['S7'] }],
] as const)('listing users by %s never reads the whole table', async (_name, filter) => {
  const reads = await readsOf((users) => users.listUsers({ ...filter, limit: 50 }));

  expect(reads.scanned).toBe(0);
  expect(reads.lookups).toBeGreaterThan(0);
  expect(reads.entries).toBeLessThan(USERS / 50);
});

test.each([
  [{ codeOrLogin: '4711' }],
  [{ codeOrLogin: 'l4711' }],
  [{ kind: 'student', codeOrLogin: '4711' }],
] as const)('finding %j never reads the whole table', async (reference) => {
  const reads = await readsOf((users) => users.findUsers(reference));

  expect(reads.scanned).toBe(0);
  expect(reads.entries).toBeLessThan(10);
});

test('no connection has PostgreSQL compile its plans', async () => {
  await watcher.query(
    `ALTER TABLE cluster_members ADD COLUMN jit text NOT NULL DEFAULT current_setting('jit')`,
  );
  await watcher.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET jit = on`);
  const db = createDatabase(database.url, { poolSize: 1, log: { warn: () => {} } });
  const member = { id: 'worker-1', role: 'worker', host: 'machine.example', pid: 1 } as const;
  await db.members.heartbeat({ ...member, queue: 'postgres' }, new Date());
  await db.close();

  const { rows } = await watcher.query(`SELECT jit FROM cluster_members`);
  expect(rows).toEqual([{ jit: 'off' }]);
});
