import type { CallFigures, CallOutcome, CallPurpose } from '@passerelle/sync';
import type { Sql } from './state-row.js';

interface Row {
  operation: string;
  purpose: string;
  outcomes: Partial<Record<CallOutcome, number>>;
  percentiles: [number, number, number] | null;
  largest_ok: bigint | null;
  largest_failed: bigint | null;
}

/**
 * Calls since then, by operation and purpose. The largest that failed is of calls
 * that ended by themselves: one that we broke off says nothing of its size.
 */
export async function callFigures(sql: Sql, since: Date): Promise<CallFigures[]> {
  const rows = await sql.$queryRaw<Row[]>`
    WITH recent AS (
      SELECT operation, purpose, outcome, ms, bytes FROM source_calls WHERE at >= ${since}
    ), counted AS (
      SELECT operation, purpose, outcome, count(*)::int AS calls, max(bytes) AS largest
        FROM recent GROUP BY 1, 2, 3
    ), timed AS (
      SELECT operation, purpose,
             percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY ms) AS percentiles
        FROM recent WHERE outcome = 'ok' GROUP BY 1, 2
    )
    SELECT operation, purpose, jsonb_object_agg(outcome, calls) AS outcomes, percentiles,
           max(largest) FILTER (WHERE outcome = 'ok') AS largest_ok,
           max(largest) FILTER (WHERE outcome NOT IN ('ok', 'aborted', 'failed')) AS largest_failed
      FROM counted LEFT JOIN timed USING (operation, purpose)
     GROUP BY operation, purpose, percentiles ORDER BY operation, purpose`;
  return rows.map(toFigures);
}

function toFigures({ operation, outcomes, percentiles, ...row }: Row): CallFigures {
  return {
    operation,
    purpose: row.purpose as CallPurpose, // as settle wrote it
    outcomes,
    latencyMs:
      percentiles === null
        ? null
        : { p50: percentiles[0], p90: percentiles[1], p99: percentiles[2] },
    largestOkBytes: Number(row.largest_ok ?? 0),
    largestFailedBytes: Number(row.largest_failed ?? 0),
  };
}
