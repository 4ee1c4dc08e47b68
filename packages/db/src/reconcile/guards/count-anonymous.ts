import type { GuardCounts } from '@passerelle/roster';
import type { Work } from '../work.js';

/**
 * Records set aside of which not even the code is known might be anyone's:
 * while a list has such, nobody of it can be taken for gone. Not those set aside
 * for an erasure: whose they are was known, and that they stay away is wanted.
 */
export async function countAnonymousRejections(work: Work): Promise<GuardCounts['anonymous']> {
  return work.tx.$queryRawUnsafe<{ reading: GuardCounts['reading']; records: number }[]>(
    `SELECT entity AS reading, count(*)::int AS records
       FROM rejected_records
      WHERE run_id = $1::int AND part_number = ANY ($2::int[]) AND entity = ANY ($3::text[])
        AND coalesce(code, '') = '' AND reason <> 'erased'
      GROUP BY entity ORDER BY entity COLLATE "C"`,
    work.runId,
    work.doneParts,
    work.readings,
  );
}
