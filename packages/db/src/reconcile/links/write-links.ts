import { insertRows } from '../rows/insert-rows.js';
import { updateRows } from '../rows/update-rows.js';
import { countOf, type Work } from '../work.js';
import { collectLinks } from './collect-links.js';
import type { LinkSpec } from './link-spec.js';

/**
 * Adds and updates the links of everyone in `incoming_people`. Leaves
 * `incoming_<table>` and `changed_<table>`.
 *
 * @returns how many were added, those that came back included
 */
export async function writeLinks(work: Work, spec: LinkSpec): Promise<number> {
  await collectLinks(work, spec);
  const added = await insertRows(work, spec.rows, `incoming_${spec.table}`);
  await updateRows(work, spec.rows, `incoming_${spec.table}`, `changed_${spec.table}`);
  const restored = await countOf(
    work.tx,
    `SELECT count(*) FROM changed_${spec.table} WHERE kind = 'restored'`,
  );
  return added + restored;
}
