import type { SyncContext } from '../context.js';
import type { RejectOutcome, RunDecision } from '../ports/registry.js';

type Deps = Pick<SyncContext, 'registry' | 'now' | 'log'>;

/**
 * Drops what a run held. Its task is not tried again before its schedule says:
 * the source would answer the same.
 */
export async function rejectRun(
  deps: Deps,
  runId: number,
  decision: RunDecision,
): Promise<RejectOutcome> {
  const result = await deps.registry.rejectRun(runId, decision, deps.now());
  if (result.outcome !== 'rejected') return result;
  const { run, dropped } = result;
  deps.log.info({ runId, task: run.task, dropped }, 'held removals rejected');
  return result;
}
