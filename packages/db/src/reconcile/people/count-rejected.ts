import { countOf, type Work } from '../work.js';

/** Rejected records of people of whom no other record was read; those without a code count each. */
export async function countRejectedPeople(work: Work): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(*) FILTER (WHERE coalesce(r.code, '') = '')
            + count(DISTINCT r.code) FILTER (WHERE r.code <> '' AND k.code IS NULL) AS count
       FROM rejected_records r LEFT JOIN seen_people k ON k.code = r.code
      WHERE r.run_id = $1::int AND r.part_number = ANY ($2::int[])`,
    work.runId,
    [...work.doneParts, ...work.partsSetAside],
  );
}
