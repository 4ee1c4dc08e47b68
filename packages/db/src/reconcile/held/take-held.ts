import type { LinkSpec } from '../links/link-spec.js';
import type { RowSpec } from '../rows/row-spec.js';
import { rowIsProtected } from '../protected/protected-sql.js';
import type { Work } from '../work.js';
import { stateSql } from './hold-removals.js';

/**
 * Makes a temporary table of the rows whose held removal still fits: present,
 * as they were when it was held, and not protected since.
 *
 * @returns how many there are
 */
export async function takeHeldRows(work: Work, spec: RowSpec, into: string): Promise<number> {
  const present = spec.presence === 'status' ? `o.status = 'active'` : 'o.removed_at IS NULL';
  return work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE ${into} ON COMMIT DROP AS
     SELECT o.id
       FROM held_removals h JOIN ${spec.table} o ON o.id = h.entity_id
      WHERE h.run_id = ${work.runId} AND h.entity = '${spec.entity}'
        AND ${present} AND NOT ${rowIsProtected(spec.table)} AND h.state = ${stateSql(spec)}`,
  );
}

/** Likewise of links; those of someone who was to leave and does not are kept. Needs `leaving_users`. */
export async function takeHeldLinks(work: Work, spec: LinkSpec): Promise<number> {
  const leaving = `leaving_${spec.table}`;
  const found = await takeHeldRows(work, spec.rows, leaving);
  const kept = await work.tx.$executeRawUnsafe(
    `DELETE FROM ${leaving} l USING ${spec.table} o, held_removals h
      WHERE o.id = l.id AND h.run_id = $1::int AND h.entity = 'user'
        AND h.entity_id = o.${spec.owner}
        AND NOT EXISTS (SELECT FROM leaving_users u WHERE u.id = o.${spec.owner})`,
    work.runId,
  );
  return found - kept;
}
