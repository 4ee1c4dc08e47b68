import { updateRows } from '../rows/update-rows.js';
import type { Work } from '../work.js';
import { activeSql, type LinkSpec } from './link-spec.js';

/**
 * Resolves references to groups or learners that have become known, and says
 * anew which links count today, among those that `which` (SQL on alias `l`)
 * selects. Leaves `fresh_<table>`, of which `owner_id` says whose link differed.
 *
 * @returns how many differed
 */
export async function refreshLinks(work: Work, spec: LinkSpec, which: string): Promise<number> {
  const active = `(l.removed_at IS NULL AND ${activeSql('$1::date')})`;
  const fresh = `fresh_${spec.table}`;
  const found = await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE ${fresh} ON COMMIT DROP AS
     SELECT l.id, l.${spec.owner} AS owner_id, false AS is_new, r.id AS ${spec.reference}, ${active} AS active
       FROM ${spec.table} l ${spec.referenceJoin}
      WHERE ${which} AND (l.active <> ${active} OR l.${spec.reference} IS DISTINCT FROM r.id)`,
    work.context.today,
  );
  if (found === 0) return 0;
  const columns = { shown: [spec.reference, 'active'], hidden: [] };
  await updateRows(work, spec.rows, fresh, `refreshed_${spec.table}`, columns);
  return found;
}
