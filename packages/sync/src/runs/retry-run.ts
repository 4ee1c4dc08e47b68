import type { SyncContext } from '../context.js';
import type { RequestOutcome, Run } from '../ports/runs.js';
import { requestRun } from './request-run.js';

type Deps = Pick<SyncContext, 'runs' | 'queue' | 'now' | 'log'>;

const RETRYABLE_STATES = ['failed', 'partial', 'cancelled', 'held'];

/** `not_retryable`: unknown to the store, still under way, succeeded, or of one person (`syncUser`). */
export type RetryOutcome = RequestOutcome | { outcome: 'not_retryable'; run: Run | null };

/** Runs the task of an ended run once more, limited to the same site, and dry, if it was. */
export async function retryRun(
  deps: Deps,
  runId: number,
  requestedBy?: string,
): Promise<RetryOutcome> {
  const run = await deps.runs.getRun(runId);
  if (run === null || run.userId !== null || !RETRYABLE_STATES.includes(run.state)) {
    return { outcome: 'not_retryable', run };
  }
  return requestRun(deps, {
    task: run.task,
    trigger: 'retry',
    retryOfId: run.id,
    ...(run.siteCode === null ? {} : { siteCode: run.siteCode }),
    ...(run.dryRun ? { dryRun: true } : {}),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  });
}
