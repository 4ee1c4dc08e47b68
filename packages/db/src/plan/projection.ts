/**
 * SQL: changes in words that hold outside this database. Rows of alias `c`, as
 * `changes` has them, get the reference of what they are about, whom they concern,
 * and the site and group they belong to; ids inside their images go.
 *
 * The site of a person or group is that of the image, else today's; that of a
 * membership is its group's, else its owner's; of a tutorship the learner's, else the tutor's.
 *
 * @param source a table or a subquery in brackets
 */
export function projectChanges(source: string): string {
  return `SELECT c.id, c.run_id, c.entity, c.entity_id, c.kind, c.actor, c.at,
         ${chosen(REFERENCES, `'erased'`)} AS ref, ${chosen(PEOPLE)} AS person,
         CASE c.entity WHEN 'tutorship' THEN 'student:' || t.student_code END COLLATE "C" AS student,
         ${imageOf('c.before')} AS before, ${imageOf('c.after')} AS after,
         ${chosen(SITES)} AS site_code, ${chosen(GROUPS)} AS group_ref
    FROM ${source} c
    LEFT JOIN users u ON c.entity = 'user' AND u.id = c.entity_id
    LEFT JOIN memberships m ON c.entity = 'membership' AND m.id = c.entity_id
    LEFT JOIN users mu ON mu.id = m.user_id
    LEFT JOIN groups mg ON mg.id = m.group_id
    LEFT JOIN tutorships t ON c.entity = 'tutorship' AND t.id = c.entity_id
    LEFT JOIN users tu ON tu.id = t.tutor_id
    LEFT JOIN users ts ON ts.id = t.student_id
    LEFT JOIN groups g ON c.entity = 'group' AND g.id = c.entity_id
    LEFT JOIN sites s ON c.entity = 'site' AND s.id = c.entity_id
    LEFT JOIN definitions d ON c.entity = 'definition' AND d.id = c.entity_id`;
}

const USER = `u.kind::text || ':' || u.code`;
const OWNER = `mu.kind::text || ':' || mu.code`;
const TUTOR = `tu.kind::text || ':' || tu.code`;
const MEMBERSHIP_GROUP = `m.group_kind::text || ':' || m.group_code`;
const GROUP = `g.kind::text || ':' || g.code`;

const REFERENCES = {
  user: USER,
  membership: `${OWNER} || '/' || ${MEMBERSHIP_GROUP}`,
  tutorship: `${TUTOR} || '/student:' || t.student_code
    || CASE t.company_code WHEN '' THEN '' ELSE '@' || t.company_code END`,
  group: GROUP,
  site: `'site:' || s.code`,
  definition: `d.domain || ':' || d.code`,
};

const PEOPLE = { user: USER, membership: OWNER, tutorship: TUTOR };

const GROUPS = { membership: MEMBERSHIP_GROUP, group: GROUP };

const SITES = {
  user: siteOf('u.site_code'),
  membership: 'coalesce(mg.site_code, mu.site_code)',
  tutorship: 'coalesce(ts.site_code, tu.site_code)',
  group: siteOf('g.site_code'),
  site: 's.code',
};

function siteOf(column: string): string {
  const image = 'coalesce(c.after, c.before)';
  return `CASE WHEN ${image} ? 'site_code' THEN ${image} ->> 'site_code' ELSE ${column} END COLLATE "C"`;
}

function chosen(ways: Readonly<Record<string, string>>, otherwise?: string): string {
  const cases = Object.entries(ways).map(([entity, sql]) => `WHEN '${entity}' THEN ${sql}`);
  const choice = `CASE c.entity ${cases.join(' ')} END`;
  return `${otherwise === undefined ? `(${choice})` : `coalesce(${choice}, ${otherwise})`} COLLATE "C"`;
}

/** Columns that point to a row, and what is said instead: whether it is known. */
const POINTERS = {
  group_id: 'group_known',
  student_id: 'student_known',
  site_id: 'site_known',
} as const;

/** A row's owner is in its reference; what else it points to is known or not, its id says nothing. */
function imageOf(column: string): string {
  const names = ['user_id', 'tutor_id', ...Object.keys(POINTERS)];
  const known = Object.entries(POINTERS).map(
    ([pointer, name]) =>
      `CASE WHEN ${column} ? '${pointer}'
            THEN jsonb_build_object('${name}', ${column} -> '${pointer}' <> 'null') ELSE '{}' END`,
  );
  return `CASE WHEN ${column} ?| '{${names.join(',')}}'
              THEN (${column} - '{${names.join(',')}}'::text[]) || ${known.join(' || ')}
              ELSE ${column} END`;
}
