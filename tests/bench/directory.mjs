// A directory of half a million people, written straight into the tables.
import { withClient } from './databases.mjs';

/** Of the people. */
const LEARNERS = 0.74;
const TEACHERS = 0.02;
const SITES = 400;
/** A site has at least so many of a thousand learners, and the first some forty times as many. */
const LEAST = 1.25;
const MOST = 50;
/** How quickly sites get smaller. */
const FALL = 10;
const GROUP_SIZE = 25;
const MOST_VACUUMS = 100;

/**
 * Fills a migrated database with learners in sites that differ in size, each in one or two groups,
 * teachers who have some groups, and tutors who look after one to three learners.
 * Rows lie in random order, which is worse than runs leave them; people are named by
 * three syllables each, so that a letter, a beginning and a whole name are of many, some and few.
 *
 * @param {string} url
 * @param {number} people how many
 * @returns {Promise<{ code: string, learners: number }[]>} the sites, the largest first
 */
export async function fillDirectory(url, people) {
  const learners = Math.round(people * LEARNERS);
  const teachers = Math.round(people * TEACHERS);
  const tutors = people - learners - teachers;
  return withClient(url, async (client) => {
    await client.query(`SELECT setseed(0.5); SET synchronous_commit = off; ${SYLLABLES}`);
    await client.query(
      `INSERT INTO sites (code, name, content_hash)
       SELECT n, 'Site ' || n, '' FROM generate_series(1, ${SITES}) n`,
    );
    await client.query(
      `CREATE TEMP TABLE places AS
       SELECT s, row_number() OVER (ORDER BY s) - 1 AS place
         FROM generate_series(1, ${SITES}) s,
              generate_series(1, greatest(1, round(${learners} / 1000.0
                * (${LEAST} + ${MOST} * exp(-(s - 1) / ${FALL}.0))))::int)`,
    );
    await client.query(
      `INSERT INTO users (kind, code, login, email, last_name, first_name, site_code, status,
                          content_hash, search_name, search_first_name)
       SELECT kind::user_kind, n, lower(first) || '.' || lower(last) || n,
              lower(first) || '.' || lower(last) || n || '@mail.example', last, first, site,
              (CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END)::entity_status, '',
              lower(last || ' ' || first), lower(first || ' ' || last)
         FROM (SELECT CASE WHEN n <= $1::int THEN 'student' WHEN n <= $1::int + $2::int THEN 'teacher' ELSE 'tutor' END AS kind,
                      n, pg_temp.bench_name(n * 7919::bigint) AS last, pg_temp.bench_name(n * 104729::bigint + 13) AS first,
                      CASE WHEN n <= $1::int + $2::int THEN p.s::text END AS site
                 FROM generate_series(1, $1::int + $2::int + $3::int) n
                 LEFT JOIN places p ON p.place = (n * 31::bigint) % (SELECT count(*) FROM places)) drawn
        ORDER BY random()`,
      [learners, teachers, tutors],
    );
    await client.query(
      `INSERT INTO groups (kind, code, name, site_code, site_id, content_hash)
       SELECT 'initial', s.code || '-' || n, 'Groupe ' || n, s.code, s.id, ''
         FROM (SELECT site_code, count(*) AS learners FROM users WHERE kind = 'student' GROUP BY 1) c
         JOIN sites s ON s.code = c.site_code,
              generate_series(1, ceil(c.learners / ${GROUP_SIZE}.0)::int) n`,
    );
    await client.query(
      `INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active)
       SELECT u.id, 'initial', g.code, g.id, u.kind::text, k = 1 OR u.id % 3 > 0
         FROM (SELECT u.*, count(*) OVER (PARTITION BY site_code) AS many FROM users u WHERE kind <> 'tutor') u,
              generate_series(1, CASE u.kind WHEN 'student' THEN 1 + (u.id % 10 < 8)::int ELSE 5 END) k
         JOIN groups g ON true
        WHERE g.code = u.site_code || '-'
                || 1 + (u.code::int * 13 + k * 17) % greatest(1, floor(u.many / ${GROUP_SIZE * 1.1})::int)
        ORDER BY random() ON CONFLICT DO NOTHING`,
    );
    await client.query(
      `INSERT INTO tutorships (tutor_id, student_code, student_id, active)
       SELECT t.id, s.code, s.id, (t.id + k) % 10 > 0
         FROM users t, generate_series(1, 3) k
         JOIN users s ON true
        WHERE t.kind = 'tutor' AND s.kind = 'student' AND k <= 1 + t.id % 3
          AND s.code = (1 + (t.id * 17::bigint + k * 7907) % $1::int)::text
        ORDER BY random() ON CONFLICT DO NOTHING`,
      [learners],
    );
    await vacuum(client);
    const { rows } = await client.query(
      `SELECT site_code AS code, count(*)::int AS learners FROM users
        WHERE kind = 'student' GROUP BY 1 ORDER BY 2 DESC, 1`,
    );
    return rows;
  });
}

/**
 * As autovacuum leaves tables that change little: all rows are known to be visible to everybody.
 * Whoever is under way meanwhile, autovacuum itself as a rule, keeps them from that.
 */
async function vacuum(client) {
  for (let tries = 0; tries < MOST_VACUUMS; tries += 1) {
    await client.query('VACUUM ANALYZE users, groups, memberships, tutorships');
    const { rowCount } = await client.query(
      `SELECT FROM pg_class WHERE relallvisible < relpages
          AND relname IN ('users', 'groups', 'memberships', 'tutorships')`,
    );
    if (rowCount === 0) return;
  }
  throw new Error(`The directory is not vacuumed after ${MOST_VACUUMS} times: what is under way?`);
}

const SYLLABLES = `
  CREATE FUNCTION pg_temp.bench_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT initcap(string_agg((ARRAY['ma','le','du','ro','be','gi','sa','ch','to','pe',
                                     'la','mi','no','va','re','cou'])[1 + (hashint8(n * 3 + i) & 15)], '' ORDER BY i))
      FROM generate_series(1, 3) i $$`;
