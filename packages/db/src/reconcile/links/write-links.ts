import { touchPeople } from '../people/touched-people.js';
import { insertRows } from '../rows/insert-rows.js';
import { updateRows } from '../rows/update-rows.js';
import { countOf, type Work } from '../work.js';
import { collectLinks } from './collect-links.js';
import type { LinkSpec } from './link-spec.js';

/**
 * Adds and updates the links of everyone in `incoming_people`. Leaves
 * `incoming_<table>`.
 *
 * @returns how many were added, those that came back included
 */
export async function writeLinks(work: Work, spec: LinkSpec): Promise<number> {
  const incoming = `incoming_${spec.table}`;
  if ((await collectLinks(work, spec)) === 0) return 0;
  const added = await insertRows(work, spec.rows, incoming);
  await touchPeople(work, `SELECT ${spec.owner} FROM ${incoming} WHERE is_new`);
  const changed = `changed_${spec.table}`;
  if ((await updateRows(work, spec.rows, incoming, changed)) === 0) return added;
  await touchPeople(work, `SELECT ${spec.owner} FROM ${incoming} JOIN ${changed} USING (id)`);
  const restored = `SELECT count(*) FROM ${changed} WHERE kind = 'restored'`;
  return added + (await countOf(work.tx, restored));
}
