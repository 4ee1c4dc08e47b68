import { rejectedSql } from '../rejected-sql.js';
import { countOf, type Work } from '../work.js';

/** Records that were set aside because their people were erased. None of them has a code. */
export async function countErasedRecords(work: Work): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(DISTINCT identity) FROM ${rejectedSql(work.runId)} r WHERE reason = 'erased'`,
    work.runId,
    [...work.doneParts, ...work.partsSetAside],
  );
}
