import type { RunDecision } from '@passerelle/sync';
import type { SqlClient } from '../../staging/tables.js';
import { lockRun } from '../lock-run.js';
import { countOf } from '../work.js';
import { dropHeld, recordDecision } from './record-decision.js';

/**
 * Drops the removals that a run held; the run says who rejected them, and why.
 *
 * @returns how many there were; null when the run does not wait for a decision
 */
export async function rejectHeld(
  tx: SqlClient,
  runId: number,
  decision: RunDecision,
  now: Date,
): Promise<number | null> {
  const run = await lockRun(tx, runId);
  if (run === null || run.state !== 'held') return null;
  const held = await countOf(
    tx,
    'SELECT count(*) FROM held_removals WHERE run_id = $1::int',
    runId,
  );
  const deciding = { tx, runId, now: now.toISOString() };
  await recordDecision(deciding, decision, {
    ...{ action: 'run.rejected', state: 'partial', errorKind: 'rejected', suspended: 0, links: 0 },
    error: `${decision.by} rejected the removals of this run: ${decision.reason}`,
    leftOut: held,
  });
  await dropHeld(deciding);
  return held;
}
