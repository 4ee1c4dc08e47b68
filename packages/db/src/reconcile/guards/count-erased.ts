import { countOf, type Work } from '../work.js';

/** Records that were set aside because their people were erased. None of them has a code. */
export async function countErasedRecords(work: Work): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(*) FROM rejected_records
      WHERE run_id = $1::int AND part_number = ANY ($2::int[]) AND reason = 'erased'`,
    work.runId,
    [...work.doneParts, ...work.partsSetAside],
  );
}
