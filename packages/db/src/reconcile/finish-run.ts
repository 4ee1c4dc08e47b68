import { describeSchoolYearChange, type RunState } from '@passerelle/roster';
import type { Failure } from '@passerelle/sync';
import { dropRunTables } from '../staging/run-tables.js';
import type { SqlClient } from '../staging/tables.js';
import type { Applied } from './work.js';

/** Tripped guards that a run keeps, the widest places first. */
const MOST_KEPT = 200;

/** How a run ended. */
export interface Ending {
  state: Extract<RunState, 'succeeded' | 'partial' | 'held' | 'failed'>;
  failure: Failure | null;
  applied: Applied | null;
  /** Why removals are held back, where they are. */
  holdReason: string | null;
}

/** Writes the run's end, and drops its staging with it. */
export async function finishRun(
  tx: SqlClient,
  runId: number,
  { state, failure, applied, holdReason }: Ending,
  now: string,
): Promise<void> {
  const { staged = 0, created = 0, updated = 0, rejected = 0 } = applied ?? {};
  const { suspended = 0, missing = 0 } = applied ?? {};
  const { tripped = [], schoolYear = null } = applied?.verdict ?? {};
  const isAnnounced = schoolYear !== null && describeSchoolYearChange(schoolYear) !== null;
  await tx.$executeRawUnsafe(
    `UPDATE sync_runs
        SET state = $2::run_state, wait_reason = NULL, wait_until = NULL, ended_at = $3::timestamptz, hold_reason = $4::text,
            error_kind = $5::text, error = $6::text, read = $7::int, created = $8::int,
            updated = $9::int, unchanged = $10::int, suspended = $11::int, rejected = $12::int,
            links_added = $13::int, links_removed = $14::int,
            guards = $15::jsonb, school_year = $16::jsonb, missing = $17::int
      WHERE id = $1::int`,
    runId,
    state,
    now,
    holdReason,
    failure?.kind ?? null,
    failure?.sentence ?? null,
    staged + rejected,
    created,
    updated,
    staged - created - updated,
    suspended,
    rejected,
    applied?.links.added ?? 0,
    applied?.links.removed ?? 0,
    JSON.stringify(tripped.slice(0, MOST_KEPT)),
    isAnnounced ? JSON.stringify(schoolYear) : null,
    missing,
  );
  await dropRunTables(tx, runId);
}
