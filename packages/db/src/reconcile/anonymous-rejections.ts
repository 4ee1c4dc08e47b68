import type { Reading } from '@passerelle/roster';
import type { Work } from './work.js';

/**
 * Records set aside of which not even the code is known might be anyone's:
 * while a reading has such, nobody of it can be taken for gone.
 */
export async function findAnonymousRejections(
  work: Work,
  readings: readonly Reading[],
  removals: number,
): Promise<string[]> {
  const rows = await work.tx.$queryRawUnsafe<{ reading: string; records: number }[]>(
    `SELECT entity AS reading, count(*)::int AS records
       FROM rejected_records
      WHERE run_id = $1::int AND part_number = ANY ($2::int[]) AND entity = ANY ($3::text[])
        AND coalesce(code, '') = ''
      GROUP BY entity ORDER BY entity COLLATE "C"`,
    work.runId,
    work.doneParts,
    readings,
  );
  return rows.map(
    ({ reading, records }) =>
      `${records} rejected ${reading} had no code and may be among the missing (${removals} removals).`,
  );
}
