import type pg from 'pg';
import type { Truth } from './php-centre.js';

const QUERIES: Readonly<Record<keyof Truth, string>> = {
  definitions: `SELECT domain, code, label FROM definitions WHERE status = 'active'`,
  sites: `SELECT code, name, short_name AS short FROM sites WHERE status = 'active'`,
  groups: `SELECT kind || ':' || code AS code, name, short_name AS short, period_code AS period,
                  site_code AS site, program_code AS program,
                  starts_on::text AS "from", ends_on::text AS "to"
             FROM groups WHERE status = 'active'`,
  users: `SELECT kind::text, code, login, last_name AS "lastName", first_name AS "firstName", email,
                 birth_date::text AS "birthDate", site_code AS site, status::text,
                 netypareo_usertype, netypareo_ouverage, netypareo_status, netypareo_cursus,
                 netypareo_program, netypareo_program_step
            FROM users`,
  memberships: `SELECT m.role || ':' || u.code AS "user", m.group_kind || ':' || m.group_code AS "group",
                       m.starts_on::text AS "from", m.ends_on::text AS "to", m.active
                  FROM memberships m JOIN users u ON u.id = m.user_id AND u.kind::text = m.role
                 WHERE m.removed_at IS NULL`,
  tutorships: `SELECT u.code AS tutor, t.student_code AS student,
                      trim(t.company_code || ' ' || t.company) AS company,
                      t.starts_on::text AS "from", t.ends_on::text AS "to", t.active
                 FROM tutorships t JOIN users u ON u.id = t.tutor_id
                WHERE t.removed_at IS NULL AND t.student_id IS NOT NULL`,
};

/** What the registry holds, in the terms of the centre's own account of itself. */
export async function readRegistry(client: pg.Client): Promise<Truth> {
  const found: [string, Truth[keyof Truth]][] = [];
  for (const [name, sql] of Object.entries(QUERIES)) {
    const { rows } = await client.query<Truth[keyof Truth][number]>(sql);
    found.push([name, rows]);
  }
  return Object.fromEntries(found) as Truth;
}

/** In an order, and with keys in one, that depends on the content alone. */
export function sorted(truth: Truth): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(truth).map(([name, rows]) => [
      name,
      rows
        .map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))))
        .toSorted(),
    ]),
  );
}
