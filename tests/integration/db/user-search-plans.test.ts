import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listUserIdsSql } from '../../../packages/db/src/stores/list-user-ids.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const USERS = 50_000;
let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    INSERT INTO groups (kind, code, name, content_hash)
      SELECT 'initial', 'G' || n, 'G', 'h' FROM generate_series(1, 1000) n;
    INSERT INTO users (kind, code, login, email, last_name, first_name, site_code, status,
                       content_hash, search_name, search_first_name)
      SELECT 'student', n, 'l' || n, 'e' || n || '@mail.example', '', '', 'S' || n % 500,
             (CASE WHEN n % 1000 = 0 THEN 'suspended' ELSE 'active' END)::entity_status, 'h',
             md5(n::text) || ' jean', 'jean ' || md5(n::text)
        FROM generate_series(1, ${USERS}) n;
    INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active)
      SELECT u.id, 'initial', g.code, g.id, 'student', true
        FROM users u JOIN groups g ON g.code = 'G' || (u.id % 1000 + 1);
    ANALYZE users, groups, memberships;`);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function explain(sql: { text: string; values: unknown[] }): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>({
    text: `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${sql.text}`,
    values: sql.values,
  });
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test.each([
  ['a name’s beginning', { search: 'c4ca42' }],
  ['an e-mail', { search: 'e77@mail.example' }],
  ['a code', { search: '4711' }],
  ['a kind and a name’s beginning', { kind: 'student', search: 'ab12' }],
  ['nothing: the first page', {}],
  ['a site', { siteCode: 'S7' }],
  ['a group', { groupCode: 'G7' }],
  ['the suspended', { status: 'suspended' }],
] as const)('finding users by %s reads indexes, never the whole table', async (_name, filter) => {
  const plan = await explain(listUserIdsSql({ ...filter, limit: 50 }, null));

  expect(plan).not.toContain('Seq Scan on users');
  expect(plan).not.toContain('Seq Scan on memberships');
  expect(rowsRead(plan)).toBeLessThan(USERS / 50);
});

test('a page far behind costs as much as the first', async () => {
  const after = { searchName: 'f', id: 0 };
  const plan = await explain(listUserIdsSql({ limit: 50 }, after));

  expect(plan).toMatch(/Index Only Scan|Index Scan/);
  expect(rowsRead(plan)).toBeLessThan(200);
});

/** The most rows that any step read and threw away. */
function rowsRead(plan: string): number {
  const counts = [...plan.matchAll(/rows=([\d.]+)|Rows Removed by \w+: (\d+)/g)];
  return Math.max(...counts.map((match) => Number(match[1] ?? match[2])));
}
