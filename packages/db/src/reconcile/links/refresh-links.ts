import { updateRows } from '../rows/update-rows.js';
import type { Work } from '../work.js';
import { activeSql, type LinkSpec } from './link-spec.js';

/**
 * Resolves references to groups or learners that have become known, and says
 * anew which links count today, among those that `which` (SQL on alias `l`)
 * selects. Leaves `refreshed_<table>`.
 */
export async function refreshLinks(work: Work, spec: LinkSpec, which: string): Promise<void> {
  const active = `(l.removed_at IS NULL AND ${activeSql('$1::date')})`;
  await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE fresh_${spec.table} ON COMMIT DROP AS
     SELECT l.id, false AS is_new, r.id AS ${spec.reference}, ${active} AS active
       FROM ${spec.table} l ${spec.referenceJoin}
      WHERE ${which} AND (l.active <> ${active} OR l.${spec.reference} IS DISTINCT FROM r.id)`,
    work.context.today,
  );
  const columns = { shown: [spec.reference, 'active'], hidden: [] };
  const [fresh, refreshed] = [`fresh_${spec.table}`, `refreshed_${spec.table}`];
  await updateRows(work, spec.rows, fresh, refreshed, columns);
}
