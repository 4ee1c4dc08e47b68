import type { Reading, Rejection } from '@passerelle/roster';
import type { Stamp } from './stage-people.js';
import { type SqlClient, stagingName } from './tables.js';

/**
 * Sets records of a part aside, with their reasons; what tells those without a code
 * apart goes to staging. An attempt that was overtaken, or a part that has ended,
 * sets nothing aside any more: the part's row is locked against that meanwhile.
 */
export async function rejectRecords(
  db: SqlClient,
  { runId, part, attempt }: Stamp,
  reading: Reading,
  rejections: readonly Rejection[],
): Promise<void> {
  await db.$executeRawUnsafe(
    `WITH going AS MATERIALIZED (
       SELECT FROM sync_run_parts
        WHERE run_id = $1::int AND number = $2::int AND attempt = $3::int AND state = 'running'
          FOR SHARE),
     rejected AS (
       SELECT * FROM unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
                AS r (ordinal, code, reason, path, message, digest)
        WHERE EXISTS (SELECT FROM going)),
     kept AS (
       INSERT INTO rejected_records
         (run_id, part_number, entity, ordinal, code, reason, path, message)
       SELECT $1::int, $2::int, $4::text, ordinal, code, reason, path, message FROM rejected)
     INSERT INTO ${stagingName(runId, 'rejected')} (part, attempt, ordinal, digest)
     SELECT $2::int, $3::int, ordinal, digest FROM rejected WHERE digest IS NOT NULL`,
    runId,
    part,
    attempt,
    reading,
    rejections.map((row) => row.ordinal),
    rejections.map((row) => row.code),
    rejections.map((row) => row.reason),
    rejections.map((row) => row.path),
    rejections.map((row) => row.message),
    rejections.map((row) => row.digest ?? null),
  );
}
