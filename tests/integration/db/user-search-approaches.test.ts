import type { UserFilter } from '@passerelle/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.js';

/**
 * Enough people, and sites of such sizes, that every way in which a list may be read is
 * taken by some search: whoever is in a site is seen by its callers, whichever way.
 */
const PEOPLE = 12_000;
let db: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  db = await openTestDatabase();
  await db.sql.query(`
    INSERT INTO groups (kind, code, name, content_hash, site_code)
      SELECT 'initial', 'G' || n, 'G', 'h', CASE WHEN n <= 4 THEN 'S' || n END FROM generate_series(1, 6) n;
    INSERT INTO users (kind, code, login, email, last_name, first_name, site_code, status,
                       content_hash, search_name, search_first_name)
      SELECT (CASE WHEN n % 10 < 6 THEN 'student' WHEN n % 10 < 8 THEN 'teacher' ELSE 'tutor' END)::user_kind,
             n, CASE WHEN n % 7 > 0 THEN first || n END, CASE WHEN n % 5 > 0 THEN first || n || '@mail.example' END,
             '', '',
             -- Of one in a hundred, of one in seven, and of one in two; and of none, as most tutors.
             CASE WHEN n % 10 >= 8 AND n % 90 > 0 OR n % 11 = 0 THEN NULL WHEN n % 100 = 1 THEN 'S1'
                  WHEN n % 7 = 2 THEN 'S2' WHEN n % 2 = 1 THEN 'S3' ELSE 'S9' END,
             (CASE WHEN n % 13 = 0 THEN 'suspended' ELSE 'active' END)::entity_status, 'h',
             last || ' ' || first, first || ' ' || last
        FROM (SELECT n, chr(97 + n % 5) || chr(97 + n / 7 % 4) || 'x' AS last,
                     chr(97 + n / 3 % 6) || chr(97 + n / 11 % 5) AS first
                FROM generate_series(1, ${PEOPLE}) n) drawn;
    INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active)
      SELECT u.id, 'initial', g.code, g.id, u.kind::text, u.id % 3 > 0
        FROM users u CROSS JOIN generate_series(0, 1) k JOIN groups g ON g.code = 'G' || (1 + (u.id * 31 + k) % 6)
       WHERE u.kind <> 'tutor' AND (u.id * 7) % (20 + k) = 0;
    INSERT INTO tutorships (tutor_id, student_code, student_id, active)
      SELECT t.id, s.code, s.id, t.id % 3 > 0
        FROM users t CROSS JOIN generate_series(0, 1) k JOIN users s ON s.id = (t.id * 17 + k * 6) % ${PEOPLE} + 1
       WHERE t.kind = 'tutor' AND s.kind = 'student' ON CONFLICT DO NOTHING;
`);
  await db.sql.query('VACUUM ANALYZE');
});
afterAll(() => db.dispose());

/** Straight from who may be seen, of everybody. */
async function visibleTo(sites: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.sql.query<{ ref: string }>(
    `WITH seen AS (
       SELECT u.id FROM users u WHERE u.site_code = ANY($1)
        UNION
       SELECT m.user_id FROM memberships m JOIN groups g ON g.id = m.group_id
        WHERE m.active AND g.site_code = ANY($1))
     SELECT u.kind || ':' || u.code AS ref FROM users u
      WHERE u.id IN (SELECT id FROM seen)
         OR u.id IN (SELECT t.tutor_id FROM tutorships t WHERE t.active AND t.student_id IN (SELECT id FROM seen))`,
    [sites],
  );
  return new Set(rows.map(({ ref }) => ref));
}

async function listed(filter: Omit<UserFilter, 'limit'>, limit: number, atMost: number) {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof db.users.listUsers>> = await db.users.listUsers({
      ...filter,
      limit,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.items.map(({ kind, code }) => `${kind}:${code}`));
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < atMost);
  return found.slice(0, atMost);
}

const lists = new Map<string, Promise<string[]>>();

/** As a caller sees it who may see everybody. */
function whole(filter: Omit<UserFilter, 'limit'>): Promise<string[]> {
  const key = JSON.stringify(filter);
  const list = lists.get(key) ?? listed(filter, 500, PEOPLE);
  lists.set(key, list);
  return list;
}

const reaches = fc.subarray(['S1', 'S2', 'S3', 'S4', 'S9', 'unknown'], {
  minLength: 1,
  maxLength: 3,
});
const kind = fc.constantFrom('student' as const, 'teacher' as const, 'tutor' as const);
const status = fc.constantFrom('active' as const, 'suspended' as const);
const search = fc.constantFrom('a', 'ab', 'abx', 'bax c', 'cc', '4', '471', 'ab4711', 'nobody');
/** What leaves few people is tried less often: it is read in one way only. */
const filters = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind }, { requiredKeys: [] }) },
  { weight: 4, arbitrary: fc.record({ kind, search }, { requiredKeys: ['search'] }) },
  { weight: 2, arbitrary: fc.record({ kind, status, search }, { requiredKeys: ['status'] }) },
  {
    weight: 1,
    arbitrary: fc.record(
      { siteCode: fc.constantFrom('S1', 'S3'), groupCode: fc.constantFrom('G1', 'G6'), search },
      { requiredKeys: [] },
    ),
  },
);

test('callers of some sites see of any list exactly whom they may see, in the same order', async () => {
  await fc.assert(
    fc.asyncProperty(filters, reaches, fc.constantFrom(50, 500), async (filter, reach, limit) => {
      const everybody = await whole(filter);
      const visible = await visibleTo(reach);
      const expected = everybody.filter((ref) => visible.has(ref)).slice(0, 2 * limit);

      expect(await listed({ ...filter, reach }, limit, 2 * limit)).toEqual(expected);
    }),
    { numRuns: 50, seed: 6, examples: [[{}, ['S2'], 500]] },
  );
});
