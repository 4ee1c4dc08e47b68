import type { Work } from '../work.js';
import type { ListSpec } from './list-spec.js';

/**
 * Makes `leaving_rows`: what is active here and in no part, unless its record
 * was set aside. Empty in a run that left something out.
 */
export async function findLeavingRows(work: Work, spec: ListSpec): Promise<number> {
  return work.tx.$executeRawUnsafe(
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
}
