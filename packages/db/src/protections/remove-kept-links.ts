import type { ProtectedSubject } from '@passerelle/sync';
import { LINKS, type LinkSpec } from '../reconcile/links/link-spec.js';
import { LINK_IS_PROTECTED } from '../reconcile/protected/protected-sql.js';
import { imageOf } from '../reconcile/rows/insert-rows.js';
import type { SqlClient } from '../staging/tables.js';

/** The columns by which links of a table name a user, or a group. */
const ENDS = {
  user: { memberships: ['user_id'], tutorships: ['tutor_id', 'student_id'] },
  group: { memberships: ['group_id'], tutorships: [] },
} as const;

/**
 * Removes the links of people who were suspended while a protection at the other end kept
 * them: no run looks at those people again. Needs the protection to be gone.
 *
 * @returns how many there were
 */
export async function removeKeptLinks(
  tx: SqlClient,
  of: ProtectedSubject['of'],
  id: number,
  by: string,
  now: Date,
): Promise<number> {
  let removed = 0;
  for (const spec of LINKS) removed += await removeOf(tx, spec, ENDS[of][spec.table], id, by, now);
  return removed;
}

async function removeOf(
  tx: SqlClient,
  { table, rows, owner }: LinkSpec,
  ends: readonly string[],
  id: number,
  by: string,
  now: Date,
): Promise<number> {
  if (ends.length === 0) return 0;
  const kept = `o.removed_at IS NULL AND (${ends.map((end) => `o.${end} = $1::int`).join(' OR ')})
    AND EXISTS (SELECT FROM users u WHERE u.id = o.${owner} AND u.status = 'suspended')
    AND NOT ${LINK_IS_PROTECTED[table]}`;
  await tx.$executeRawUnsafe(
    `INSERT INTO changes (actor, entity, entity_id, kind, before, at)
     SELECT $2::text, '${rows.entity}', o.id, 'removed', ${imageOf(rows)}, $3::timestamptz
       FROM ${table} o WHERE ${kept}`,
    ...[id, by, now.toISOString()],
  );
  return tx.$executeRawUnsafe(
    `UPDATE ${table} o
        SET removed_at = $2::timestamptz, active = false, updated_at = $2::timestamptz
      WHERE ${kept}`,
    ...[id, now.toISOString()],
  );
}
