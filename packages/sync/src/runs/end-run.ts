import { nextFailDelaySeconds } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { Failure, Run } from '../ports/runs.js';

type Deps = Pick<SyncContext, 'runs' | 'tasks' | 'now' | 'log'>;

/** Ends a run that applied nothing, and puts off the task's next try. */
export async function failRun(deps: Deps, runId: number, failure: Failure): Promise<void> {
  const run = await deps.runs.endRun(runId, 'failed', failure, deps.now());
  if (run !== null) await recordOutcome(deps, run);
}

/**
 * What a run's end means for its task: a good sync clears the failure delay; a
 * failed or partial one is tried again after 60 s, doubling up to 24 h
 * (facts/moodle.md, "Scheduled tasks"). A held run waits for a person, a
 * cancelled one for its schedule; a run limited to a site or to one person, or a
 * dry one, says nothing about the task. One of missing parts is no good sync, since
 * it takes nobody for gone; but when it has read them all, there is nothing left to
 * try again for.
 */
export async function recordOutcome(deps: Deps, run: Run): Promise<void> {
  deps.log.info(
    { runId: run.id, task: run.task, state: run.state, ...run.counts, errorKind: run.errorKind },
    run.dryRun ? 'dry run ended' : 'run ended',
  );
  if (run.siteCode !== null || run.userId !== null || run.dryRun) return;
  if (run.onlyMissing) {
    if (run.state === 'succeeded' && (await isLastWord(deps, run))) {
      await deps.tasks.clearDelay(run.task);
    }
    return;
  }
  if (run.state === 'succeeded') {
    await deps.tasks.recordSuccess(run.task, run.startedAt ?? run.queuedAt);
  } else if (run.state === 'failed' || run.state === 'partial') {
    const endedAt = run.endedAt ?? deps.now();
    const task = await deps.tasks.getTask(run.task);
    const known = task?.failDelaySeconds ?? 0;
    // Said already: the job that ended the run was delivered twice.
    if (task?.retryAt?.getTime() === afterDelay(endedAt, known).getTime()) return;
    const delaySeconds = nextFailDelaySeconds(known);
    await deps.tasks.recordFailure(run.task, delaySeconds, afterDelay(endedAt, delaySeconds));
  }
}

function afterDelay(date: Date, delaySeconds: number): Date {
  return new Date(date.getTime() + delaySeconds * 1000);
}

/** Whether the run whose missing parts these were is the one that the task's delay is for. */
async function isLastWord({ runs }: Deps, run: Run): Promise<boolean> {
  let original: Run | null = run;
  while (original !== null && original.onlyMissing) {
    original = original.retryOfId === null ? null : await runs.getRun(original.retryOfId);
  }
  const [last] = await runs.listRuns({ task: run.task, whole: true, limit: 1 });
  return original !== null && last?.id === original.id;
}
