import { foldName } from '@passerelle/roster';
import type pg from 'pg';

/** Somebody of the fixture. */
export interface Person {
  kind: 'student' | 'teacher' | 'tutor';
  code: string;
  lastName: string;
  firstName: string;
  login?: string | null;
  email?: string | null;
  site?: string | null;
}

/** Texts that harm whoever takes them for SQL, HTML or a pattern. */
export const CANARIES = [
  `Robert'); DROP TABLE users;--`,
  `<script>alert("x")</script>`,
  `"><img src=x onerror=alert(1)>`,
  `%_\\'"`,
  '${7*7}{{7*7}}',
  `' OR '1'='1`,
] as const;

/** Writes people as a run would, with the names they are searched by. */
export async function insertPeople(sql: pg.Pool, people: readonly Person[]): Promise<void> {
  const column = (of: (person: Person) => string | null | undefined) =>
    people.map((person) => of(person) ?? null);
  await sql.query(
    `INSERT INTO users (kind, code, last_name, first_name, login, email, site_code,
                        search_name, search_first_name, content_hash)
     SELECT kind::user_kind, code, l, f, login, email, site, sl, sf, 'h'
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                   $7::text[], $8::text[], $9::text[])
         AS t(kind, code, l, f, login, email, site, sl, sf)`,
    [
      column(({ kind }) => kind),
      column(({ code }) => code),
      column(({ lastName }) => lastName),
      column(({ firstName }) => firstName),
      column(({ login }) => login),
      column(({ email }) => email),
      column(({ site }) => site),
      column(({ lastName, firstName }) => folded(lastName, firstName)),
      column(({ lastName, firstName }) => folded(firstName, lastName)),
    ],
  );
}

function folded(one: string, other: string): string {
  return `${foldName(one)} ${foldName(other)}`.trim();
}

/**
 * Two sites, A and B, and nothing between them but: Tania Tuteur looks after a learner
 * of each, and Thierry Prof of site B teaches in a group of A, too.
 */
export async function fillTwoSites(sql: pg.Pool): Promise<void> {
  await sql.query(`
    INSERT INTO sites (code, name, short_name, content_hash) VALUES
      ('A', 'Angers <b>x</b>', NULL, 'h'), ('B', 'Béziers', 'Bé', 'h');
    INSERT INTO groups (kind, code, name, period_code, site_code, site_id, content_hash)
      SELECT kind::group_kind, g, 'Groupe ' || g, '2026', s.code, s.id, 'h'
        FROM (VALUES ('initial', 'GA', 'A'), ('initial', 'GB', 'B'), ('continuing', 'GA', 'B'))
          AS t(kind, g, site) JOIN sites s ON s.code = site;
    INSERT INTO definitions (domain, code, label, content_hash) VALUES
      ('status', '1', 'apprenti', 'h'), ('status', '2', 'contrat pro', 'h'),
      ('cursus', '1', 'BTS1', 'h');`);
  await insertPeople(sql, [
    { kind: 'student', code: '1', lastName: 'Adam', firstName: 'Zoé', login: 'zadam', site: 'A' },
    { kind: 'student', code: '2', lastName: 'Bruno', firstName: 'Zoé', login: 'zbruno', site: 'B' },
    { kind: 'teacher', code: '2', lastName: 'Prof', firstName: 'Thierry', login: 'tp', site: 'B' },
    { kind: 'teacher', code: '9', lastName: 'Seul', firstName: 'Bob', login: 'bs', site: 'B' },
    { kind: 'tutor', code: '7', lastName: 'Tuteur', firstName: 'Tania', email: 't@corp.example' },
    { kind: 'tutor', code: '8', lastName: 'Tuteur', firstName: 'Ugo', email: 't@corp.example' },
  ]);
  await sql.query(`
    INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active)
      SELECT u.id, g.kind, g.code, g.id, role, true
        FROM (VALUES ('student', '1', 'initial', 'GA', 'student'),
                     ('student', '2', 'initial', 'GB', 'student'),
                     ('teacher', '2', 'initial', 'GA', 'teacher'),
                     ('teacher', '2', 'initial', 'GB', 'teacher'),
                     ('teacher', '9', 'continuing', 'GA', 'teacher')) AS t(uk, uc, gk, gc, role)
        JOIN users u ON u.kind::text = uk AND u.code = uc
        JOIN groups g ON g.kind::text = gk AND g.code = gc;
    INSERT INTO tutorships (tutor_id, student_code, student_id, company_code, active)
      SELECT t.id, s.code, s.id, company, true
        FROM (VALUES ('7', '1', 'C1'), ('7', '2', ''), ('8', '2', 'C2')) AS l(tutor, student, company)
        JOIN users t ON t.kind = 'tutor' AND t.code = tutor
        JOIN users s ON s.kind = 'student' AND s.code = student;
    INSERT INTO changes (entity, entity_id, kind, after)
      SELECT 'user', id, 'created', '{"last_name": "x"}'::jsonb FROM users
       UNION ALL SELECT 'membership', id, 'created', '{"active": true}'::jsonb FROM memberships
       UNION ALL SELECT 'tutorship', id, 'created', '{"active": true}'::jsonb FROM tutorships
       UNION ALL SELECT 'group', id, 'created', '{"name": "x"}'::jsonb FROM groups;
    INSERT INTO quarantine (entity, key, code, site_code, ordinal, reason, path, message,
                            since, last_seen_at, run_id)
      SELECT 'students', 'c:' || code, code, site, 1, 'bad_date', 'birthDate', 'The date.', now(), now(), 1
        FROM (VALUES ('31', 'A'), ('32', 'B'), ('33', NULL)) AS t(code, site);`);
}
