import type { RunDecision } from '@passerelle/sync';
import type { Work } from '../work.js';

/** What a decision on a held run makes of it. */
export interface Decided {
  action: 'run.approved' | 'run.rejected';
  state: 'succeeded' | 'partial';
  errorKind: 'superseded' | 'rejected' | null;
  error: string | null;
  suspended: number;
  links: number;
  /** Held removals that were not applied. */
  leftOut: number;
}

type Deciding = Pick<Work, 'tx' | 'runId' | 'now'>;

/** Ends a held run as decided, and writes who did it and why into the run and the audit. */
export async function recordDecision(
  { tx, runId, now }: Deciding,
  { by, reason, from }: RunDecision,
  { action, state, errorKind, error, suspended, links, leftOut }: Decided,
): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE sync_runs
        SET state = $2::run_state, error_kind = $3::text, error = $4::text, hold_reason = NULL,
            suspended = suspended + $5::int, links_removed = links_removed + $6::int,
            decided_by = $7::text, decision_reason = $8::text, decided_at = $9::timestamptz
      WHERE id = $1::int`,
    runId,
    state,
    errorKind,
    error,
    suspended,
    links,
    by,
    reason,
    now,
  );
  await tx.$executeRawUnsafe(
    `INSERT INTO audit_events (actor, action, entity, entity_id, before, after, reason, occurred_at,
                               from_where)
     VALUES ($1::text, $2::text, 'run', $3::text, '{"state": "held"}', $4::jsonb, $5::text,
             $6::timestamptz, $7::text)`,
    by,
    action,
    String(runId),
    JSON.stringify({ state, suspended, linksRemoved: links, leftOut }),
    reason,
    now,
    from ?? null,
  );
}

/** The run holds nothing any more. */
export async function dropHeld({ tx, runId }: Deciding): Promise<void> {
  await tx.$executeRawUnsafe('DELETE FROM held_removals WHERE run_id = $1::int', runId);
}
