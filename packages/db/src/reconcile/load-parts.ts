import type { SqlClient } from '../staging/tables.js';

/** A part of a run, as reconciling needs to know it. */
export interface EndedPart {
  number: number;
  entity: string;
  period_code: string | null;
  site_code: string | null;
  group_code: string | null;
  state: 'pending' | 'running' | 'done' | 'failed' | 'cancelled' | 'split' | 'set_aside';
  attempt: number;
  staged: number;
  error_kind: string | null;
  error: string | null;
}

/** The parts of a run in order. */
export async function loadParts(tx: SqlClient, runId: number): Promise<EndedPart[]> {
  return tx.$queryRawUnsafe<EndedPart[]>(
    `SELECT number, entity, period_code, site_code, group_code, state::text, attempt, staged,
            error_kind, error
       FROM sync_run_parts WHERE run_id = $1::int ORDER BY number`,
    runId,
  );
}
