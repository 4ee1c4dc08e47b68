import type { GuardCounts } from '@passerelle/roster';
import { rejectedSql } from '../rejected-sql.js';
import type { Work } from '../work.js';

/**
 * Records set aside of which not even the code is known might be anyone's:
 * while a list has such, nobody of it can be taken for gone. Not those set aside
 * for an erasure: whose they are was known, and that they stay away is wanted.
 */
export async function countAnonymousRejections(work: Work): Promise<GuardCounts['anonymous']> {
  return work.tx.$queryRawUnsafe<{ reading: GuardCounts['reading']; records: number }[]>(
    `SELECT entity AS reading, count(DISTINCT identity)::int AS records
       FROM ${rejectedSql(work.runId)} r
      WHERE entity = ANY ($3::text[]) AND code = '' AND reason <> 'erased'
      GROUP BY entity ORDER BY entity COLLATE "C"`,
    work.runId,
    work.doneParts,
    work.readings,
  );
}
