import type { Work } from '../work.js';
import type { LinkSpec } from './link-spec.js';

/**
 * Makes `leaving_<table>`: links that are still present here, of people whose
 * records no longer hold them, or who leave themselves. None, in a run that left
 * something out, nor of someone of whom a record was set aside: it may have held them.
 * `is_due`: to be removed by this run, rather than when its owner is suspended.
 */
export async function findLeavingLinks(work: Work, spec: LinkSpec): Promise<number> {
  return work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE leaving_${spec.table} ON COMMIT DROP AS
     SELECT o.id, o.${spec.owner} AS owner_id, true AS is_due
       FROM ${spec.table} o
       JOIN incoming_people i ON i.id = o.${spec.owner} AND NOT i.is_new
      WHERE o.removed_at IS NULL AND $1::boolean
        AND NOT EXISTS (SELECT FROM incoming_${spec.table} n WHERE n.id = o.id)
        AND NOT EXISTS (SELECT FROM rejected_records r
                         WHERE r.run_id = $2::int AND r.code = i.code)
      UNION ALL
     SELECT o.id, o.${spec.owner}, u.is_due
       FROM ${spec.table} o JOIN leaving_users u ON u.id = o.${spec.owner}
      WHERE o.removed_at IS NULL`,
    work.complete || work.person !== null,
    work.runId,
  );
}
