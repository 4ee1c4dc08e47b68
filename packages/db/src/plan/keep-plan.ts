import type { SqlClient } from '../staging/tables.js';
import { projectChanges } from './projection.js';

/** Ids that are looked at in one go: a megabyte, of which the driver holds several copies. */
const IDS_PER_BATCH = 1_000;

/** What a dry run is about to take back, and where its plan goes. */
export interface KeptPlan {
  /** The transaction that made the changes. */
  tx: SqlClient;
  /** Another connection: what it writes stays. */
  elsewhere: SqlClient;
  runId: number;
  /** Names this attempt at the run. */
  attempt: bigint;
}

/** The highest id that `changes` has given away so far, to whomever. */
export async function lastChangeId(tx: SqlClient): Promise<bigint> {
  const [row] = await tx.$queryRawUnsafe<{ last: bigint }[]>(
    'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM changes_id_seq',
  );
  return row?.last ?? 0n;
}

/** Copies the run's changes after an id into its plan, a bounded batch at a time. */
export async function keepChanges(
  { tx, elsewhere, runId, attempt }: KeptPlan,
  after: bigint,
  held: boolean,
): Promise<void> {
  const last = await lastChangeId(tx);
  for (let from = after; from < last; from += BigInt(IDS_PER_BATCH)) {
    const [batch] = await tx.$queryRawUnsafe<{ rows: string | null }[]>(
      READ_BATCH,
      runId,
      from,
      from + BigInt(IDS_PER_BATCH),
    );
    if (batch === undefined || batch.rows === null) continue;
    await elsewhere.$executeRawUnsafe(WRITE_BATCH, batch.rows, runId, attempt, held);
  }
}

const READ_BATCH = `
  SELECT json_agg(p ORDER BY p.id)::text AS rows
    FROM (${projectChanges(`(SELECT * FROM changes
           WHERE run_id = $1::int AND id > $2::bigint AND id <= $3::bigint)`)}) p`;

const WRITE_BATCH = `
  INSERT INTO planned_changes
    (run_id, attempt, entity, ref, person, student, kind, held, before, after, site_code, group_ref)
  SELECT $2::int, $3::bigint, entity, ref, person, student, kind, $4::boolean, before, after,
         site_code, group_ref
    FROM json_to_recordset($1::json) AS r
         (id bigint, entity text, ref text, person text, student text, kind text, before jsonb,
          after jsonb, site_code text, group_ref text)
   ORDER BY r.id`;

/** Forgets what attempts that were broken off have left, all but the one named. */
export async function forgetPlans(tx: SqlClient, runId: number, but = 0n): Promise<void> {
  await tx.$executeRawUnsafe(
    'DELETE FROM planned_changes WHERE run_id = $1::int AND attempt <> $2::bigint',
    runId,
    but,
  );
}
