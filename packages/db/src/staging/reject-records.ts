import type { Reading, Rejection } from '@passerelle/roster';
import type { Stamp } from './stage-people.js';
import type { SqlClient } from './tables.js';

/** Sets records of a part aside, with their reasons. */
export async function rejectRecords(
  db: SqlClient,
  { runId, part }: Stamp,
  reading: Reading,
  rejections: readonly Rejection[],
): Promise<void> {
  await db.$executeRawUnsafe(
    `INSERT INTO rejected_records
       (run_id, part_number, entity, ordinal, code, reason, path, message)
     SELECT $1::int, $2::int, $3::text, *
       FROM unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::text[])`,
    runId,
    part,
    reading,
    rejections.map((row) => row.ordinal),
    rejections.map((row) => row.code),
    rejections.map((row) => row.reason),
    rejections.map((row) => row.path),
    rejections.map((row) => row.message),
  );
}
