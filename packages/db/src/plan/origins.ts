import type { IsoDate, UserKind } from '@passerelle/roster';
import type { Image, LinkOrigin, Protection, UserOrigins } from '@passerelle/sync';
import { USERS } from '../reconcile/rows/row-spec.js';
import type { SqlClient } from '../staging/tables.js';
import { ORIGIN_COLUMNS, type OriginRow, RUN_OF_CHANGE, toOrigin } from './origin.js';

interface PersonRow {
  id: number;
  status: 'active' | 'suspended';
  missing_since: Date | null;
  missing_on: IsoDate | null;
  suspended_on: IsoDate | null;
  protected_by: string | null;
  reason: string | null;
  protected_at: Date | null;
}

/** What the registry holds of a person, and the last change that set each piece of it. */
export async function readOrigins(
  db: SqlClient,
  kind: UserKind,
  code: string,
): Promise<UserOrigins | null> {
  const [person] = await db.$queryRawUnsafe<PersonRow[]>(
    `SELECT u.id, u.status::text, u.missing_since, u.missing_on::text, u.suspended_on::text,
            p.protected_by, p.reason, p.protected_at
       FROM users u LEFT JOIN protections p ON p.entity = 'user' AND p.entity_id = u.id
      WHERE kind = $1::user_kind AND code = $2::text`,
    kind,
    code,
  );
  if (person === undefined) return null;
  const { id, status, missing_since: missingSince } = person;
  const days = { missingOn: person.missing_on, suspendedOn: person.suspended_on };
  const absence = { missingSince, ...days, protection: protectionOf(person) };
  const fields = await readFields(db, id);
  const memberships = await readLinks(db, 'membership', MEMBERSHIPS_OF, id);
  const tutorships = await readLinks(db, 'tutorship', TUTORSHIPS_OF, id);
  return { kind, code, status, ...absence, fields, links: [...memberships, ...tutorships] };
}

function protectionOf({
  protected_by: by,
  reason,
  protected_at: at,
}: PersonRow): Protection | null {
  return by === null || reason === null || at === null ? null : { by, reason, at };
}

type FieldRow = { name: string; value: string | null } & OriginRow;

/** A field that was empty from the beginning is as the creation left it. */
async function readFields(db: SqlClient, userId: number): Promise<UserOrigins['fields']> {
  const rows = await db.$queryRawUnsafe<FieldRow[]>(
    `SELECT f.name, to_jsonb(u) ->> f.name AS value, o.*
       FROM users u CROSS JOIN unnest($2::text[]) WITH ORDINALITY AS f (name, position)
       LEFT JOIN LATERAL (
            SELECT ${ORIGIN_COLUMNS} FROM changes c ${RUN_OF_CHANGE}
             WHERE c.entity = 'user' AND c.entity_id = u.id
               AND (c.after ? f.name OR c.kind = 'created')
             ORDER BY c.id DESC LIMIT 1) o ON true
      WHERE u.id = $1::int
      ORDER BY f.position`,
    userId,
    USERS.shown,
  );
  return rows.map((row) => ({ name: row.name, value: row.value, origin: toOrigin(row) }));
}

const MEMBERSHIPS_OF = `
  SELECT m.id, u.kind::text || ':' || u.code || '/' || m.group_kind::text || ':' || m.group_code AS ref,
         m.removed_at,
         jsonb_build_object('role', m.role, 'starts_on', m.starts_on, 'ends_on', m.ends_on,
                            'active', m.active, 'group_known', m.group_id IS NOT NULL) AS value
    FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.user_id = $1::int`;

const TUTORSHIPS_OF = `
  SELECT t.id, u.kind::text || ':' || u.code || '/student:' || t.student_code
           || CASE t.company_code WHEN '' THEN '' ELSE '@' || t.company_code END AS ref,
         t.removed_at,
         jsonb_build_object('company', t.company, 'starts_on', t.starts_on, 'ends_on', t.ends_on,
                            'active', t.active, 'student_known', t.student_id IS NOT NULL) AS value
    FROM tutorships t JOIN users u ON u.id = t.tutor_id
   WHERE t.tutor_id = $1::int OR t.student_id = $1::int`;

interface LinkRow {
  ref: string;
  value: Image;
  removed_at: Date | null;
  since: OriginRow | null;
  origin: OriginRow | null;
}

async function readLinks(
  db: SqlClient,
  entity: LinkOrigin['entity'],
  links: string,
  userId: number,
): Promise<LinkOrigin[]> {
  const last = (which: string): string =>
    `LEFT JOIN LATERAL (
            SELECT ${ORIGIN_COLUMNS} FROM changes c ${RUN_OF_CHANGE}
             WHERE c.entity = '${entity}' AND c.entity_id = l.id AND ${which}
             ORDER BY c.id DESC LIMIT 1)`;
  const rows = await db.$queryRawUnsafe<LinkRow[]>(
    `SELECT l.ref, l.value, l.removed_at, to_jsonb(s) AS since, to_jsonb(o) AS origin
       FROM (${links}) l
       ${last(`c.kind IN ('created', 'restored', 'removed')`)} s ON true
       ${last('true')} o ON true
      ORDER BY l.ref COLLATE "C"`,
    userId,
  );
  return rows.map(({ ref, value, removed_at: removedAt, since, origin }) => ({
    ...{ entity, ref, value, removedAt },
    since: originOf(since),
    origin: originOf(origin),
  }));
}

/** JSON has its dates as texts. */
function originOf(row: OriginRow | null): ReturnType<typeof toOrigin> {
  return row === null ? null : toOrigin({ ...row, at: row.at === null ? null : new Date(row.at) });
}
