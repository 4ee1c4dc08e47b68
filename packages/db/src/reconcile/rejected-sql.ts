import { stagingName } from '../staging/tables.js';

/**
 * What a run set aside, as a subquery: $1 is the run, $2 the numbers of its parts. Rows
 * of one `identity` (within their `entity`) are the same record, met in several parts:
 * known by its code; without one by what it holds, as often as one list holds it (`copy`);
 * without even that by its place. `place` is its position in its list, across pages, so
 * that neither the order of parts nor how a list was cut changes what is counted.
 */
export function rejectedSql(runId: number): string {
  return `(
    SELECT r.*, CASE WHEN r.code <> '' THEN 'code ' || r.code
                     WHEN r.digest IS NOT NULL THEN concat('same ', r.digest, ' ', r.copy)
                     ELSE concat('place ', r.part_number, '#', r.ordinal) END AS identity
      FROM (SELECT x.id, x.entity, x.part_number, x.ordinal, coalesce(x.code, '') AS code,
                   x.reason, x.path, x.message, d.digest, p.period_code, p.site_code, p.group_code,
                   ${PLACE} AS place,
                   row_number() OVER (
                     PARTITION BY x.entity, d.digest, p.period_code, p.site_code, p.group_code
                     ORDER BY ${PLACE}) AS copy
              FROM rejected_records x
              JOIN sync_run_parts p ON p.run_id = x.run_id AND p.number = x.part_number
              LEFT JOIN ${stagingName(runId, 'rejected')} d
                     ON d.part = x.part_number AND d.ordinal = x.ordinal
             WHERE x.run_id = $1::int AND x.part_number = ANY ($2::int[])) r)`;
}

/** A part that is a page counts from its own beginning; one that was set aside says where it is. */
const PLACE = `x.ordinal + CASE p.state WHEN 'set_aside' THEN 0 ELSE coalesce(p.page_offset, 0) END`;
