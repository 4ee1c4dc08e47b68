import { rowIsProtected } from '../protected/protected-sql.js';
import { countOf, type Work } from '../work.js';
import type { ListSpec } from './list-spec.js';

/**
 * Makes `leaving_rows`: what is active here and in no part, unless its record
 * was set aside. Empty in a run that left something out. What is protected is in
 * `staying_rows` instead.
 */
export async function findLeavingRows(work: Work, spec: ListSpec): Promise<number> {
  await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE leaving_rows ON COMMIT DROP AS
     SELECT t.id, ${spec.readingOf} AS reading, ${spec.siteColumn ?? 'NULL::text'} AS site_code
       FROM ${spec.table} t
      WHERE t.status = 'active' AND $1::boolean AND ${spec.readingOf} = ANY ($2::text[])
        AND NOT EXISTS (SELECT FROM incoming_rows n WHERE n.id = t.id)
        AND NOT EXISTS (SELECT FROM rejected_records r
                         WHERE r.run_id = $3::int AND r.entity = ${spec.readingOf}
                           AND r.code = t.code)`,
    // What could not be read may be any of these.
    work.complete && work.partsSetAside.length === 0,
    work.readings,
    work.runId,
  );
  await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE staying_rows ON COMMIT DROP AS
     SELECT o.id FROM leaving_rows o WHERE ${rowIsProtected(spec.table)}`,
  );
  await work.tx.$executeRawUnsafe(
    'DELETE FROM leaving_rows WHERE id IN (SELECT id FROM staying_rows)',
  );
  return countOf(work.tx, 'SELECT count(*) FROM leaving_rows');
}
