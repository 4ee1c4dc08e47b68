import type { TaskName } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import { failRun } from './end-run.js';
import type { DueDate, RequestOutcome, RunRequest } from '../ports/runs.js';

type Deps = Pick<SyncContext, 'runs' | 'queue' | 'now' | 'log'>;

/**
 * Asks for a run of a task. One run of a task at a time: a second request joins
 * the one that waits (`joined`), or is told which is under way (`busy`).
 */
export async function requestRun(deps: Deps, request: RunRequest): Promise<RequestOutcome> {
  const outcome = await deps.runs.requestRun({ ...request, claimed: true }, deps.now());
  await enqueueCreated(deps, outcome);
  return outcome;
}

/** Likewise for a run that a date makes due; null when the date was no longer to be had. */
export async function requestDueRun(
  deps: Deps,
  task: TaskName,
  due: DueDate,
): Promise<RequestOutcome | null> {
  const outcome = await deps.runs.requestDueRun(task, due, deps.now());
  if (outcome !== null) await enqueueCreated(deps, outcome);
  return outcome;
}

async function enqueueCreated(deps: Deps, { outcome, run }: RequestOutcome): Promise<void> {
  if (outcome !== 'created') return;
  deps.log.info({ runId: run.id, task: run.task, trigger: run.trigger }, 'run requested');
  // A date's run is made together with the date's being moved on, and claimed afterwards.
  if (run.enqueueCount === 0) await enqueueRun(deps, run);
  else await deps.queue.enqueueRun(run.id, run.enqueueCount);
}

/** A run that was enqueued this often and has not ended is given up rather than read for ever. */
const MOST_ENQUEUES = 10;

/** Ends a run that keeps being enqueued to no end; false for any other. */
export async function giveUpEndless(
  deps: Pick<SyncContext, 'runs' | 'tasks' | 'now' | 'log'>,
  run: { id: number; enqueueCount: number },
): Promise<boolean> {
  if (run.enqueueCount < MOST_ENQUEUES) return false;
  await failRun(deps, run.id, {
    kind: 'interrupted',
    sentence:
      `The run was put on the queue ${run.enqueueCount} times and never came to its end. ` +
      'See the logs of workers and database for what stops it, then retry it.',
  });
  return true;
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
