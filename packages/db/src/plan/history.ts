import type { HistorySubject, Page, PageRequest, PastChange } from '@passerelle/sync';
import { InvalidCursorError } from '../errors.js';
import type { SqlClient } from '../staging/tables.js';
import { ORIGIN_COLUMNS, type OriginRow, RUN_OF_CHANGE, toOrigin } from './origin.js';
import type { PlanRow } from './plan-rows.js';
import { projectChanges } from './projection.js';

type HistoryRow = Omit<PlanRow, 'held'> & OriginRow & { at: Date };

/** One page of what happened to a person or a group, newest first; null: there is no such one. */
export async function readHistory(
  db: SqlClient,
  subject: HistorySubject,
  { cursor, limit }: PageRequest,
): Promise<Page<PastChange> | null> {
  const id = await findSubject(db, subject);
  if (id === null) return null;
  const rows = await db.$queryRawUnsafe<HistoryRow[]>(
    `SELECT c.id, c.entity, c.ref, c.kind, c.before, c.after, c.site_code, c.group_ref,
            ${ORIGIN_COLUMNS}
       FROM (${projectChanges(pageOf(subject.of))}) c ${RUN_OF_CHANGE}
      ORDER BY c.id DESC`,
    id,
    cursor === undefined ? null : parseCursor(cursor),
    limit + 1,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1)?.id;
  return {
    items: page.map(toPastChange),
    nextCursor: rows.length > limit && last !== undefined ? String(last) : null,
  };
}

async function findSubject(db: SqlClient, subject: HistorySubject): Promise<number | null> {
  const [table, type] = subject.of === 'user' ? ['users', 'user_kind'] : ['groups', 'group_kind'];
  const [row] = await db.$queryRawUnsafe<{ id: number }[]>(
    `SELECT id FROM ${table} WHERE kind = $1::${type} AND code = $2::text`,
    subject.kind,
    subject.code,
  );
  return row?.id ?? null;
}

/** What belongs to a subject, as pairs of entity and a query of ids ($1: the subject's own). */
const BELONGINGS: Readonly<Record<HistorySubject['of'], readonly [string, string][]>> = {
  user: [
    ['user', 'SELECT $1::int'],
    ['membership', 'SELECT id FROM memberships WHERE user_id = $1::int'],
    ['tutorship', 'SELECT id FROM tutorships WHERE tutor_id = $1::int OR student_id = $1::int'],
  ],
  group: [
    ['group', 'SELECT $1::int'],
    ['membership', 'SELECT id FROM memberships WHERE group_id = $1::int'],
  ],
};

/** Each kind of belonging is found by the index on what a change is about. */
function pageOf(of: HistorySubject['of']): string {
  const each = BELONGINGS[of].map(
    ([entity, ids]) =>
      `SELECT * FROM changes WHERE entity = '${entity}' AND entity_id = ANY (ARRAY(${ids}))`,
  );
  return `(SELECT * FROM (${each.join(' UNION ALL ')}) own
            WHERE $2::bigint IS NULL OR id < $2::bigint ORDER BY id DESC LIMIT $3::int)`;
}

function parseCursor(cursor: string): bigint {
  if (!/^\d{1,18}$/.test(cursor)) throw new InvalidCursorError();
  return BigInt(cursor);
}

function toPastChange(row: HistoryRow): PastChange {
  const { entity, ref, kind, before, after, site_code: site, group_ref: group } = row;
  return { entity, ref, kind, before, after, site, group, ...toOrigin(row) };
}
