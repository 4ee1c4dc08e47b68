import type { SyncContext } from '../context.js';
import type { RequestOutcome, RunRequest } from '../ports/registry.js';

type Deps = Pick<SyncContext, 'runs' | 'queue' | 'now' | 'log'>;

/**
 * Asks for a run of a task. One run of a task at a time: a second request joins
 * the one that waits (`joined`), or is told which is under way (`busy`).
 */
export async function requestRun(deps: Deps, request: RunRequest): Promise<RequestOutcome> {
  const outcome = await deps.runs.requestRun(request, deps.now());
  if (outcome.outcome === 'created') {
    deps.log.info({ runId: outcome.run.id, task: request.task }, 'run requested');
    await enqueueRun(deps, outcome.run);
  }
  return outcome;
}

/**
 * Puts a run on the queue. Whoever raises its enqueue count does it, so that
 * several processes may try; should the winner die in between, recovery finds
 * a run without a job.
 */
export async function enqueueRun(
  deps: Deps,
  run: { id: number; enqueueCount: number },
): Promise<boolean> {
  const count = await deps.runs.claimEnqueue(run.id, run.enqueueCount);
  if (count === null) return false;
  await deps.queue.enqueueRun(run.id, count);
  return true;
}
