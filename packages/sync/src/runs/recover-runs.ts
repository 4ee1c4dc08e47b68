import type { SyncContext } from '../context.js';
import type { Run } from '../ports/runs.js';
import { failRun } from './end-run.js';
import { enqueueRun, giveUpEndless } from './request-run.js';

type Deps = Pick<SyncContext, 'runs' | 'tasks' | 'queue' | 'now' | 'log'>;

/**
 * Finds active runs of which the queue knows nothing (it was lost, or a process
 * died between the database and the queue) and puts them back: the database is
 * the source of truth. A run must be found so on two passes in a row, with the
 * same count, since a job is enqueued a moment after it is counted.
 */
export function createRunRecovery(deps: Deps): () => Promise<number> {
  let suspects = new Map<number, number>();
  return async () => {
    const orphans = new Map<number, number>();
    let recovered = 0;
    for (const run of await deps.runs.activeRuns()) {
      if (run.userId !== null) {
        await endInterrupted(deps, run);
        continue;
      }
      if (await deps.queue.runJobsAlive(run.id, run.enqueueCount)) continue;
      if (suspects.get(run.id) !== run.enqueueCount) {
        orphans.set(run.id, run.enqueueCount);
      } else if (await giveUpEndless(deps, run)) {
        deps.log.error({ runId: run.id, task: run.task }, 'run given up');
      } else if (await enqueueRun(deps, run)) {
        recovered += 1;
        deps.log.warn({ runId: run.id, task: run.task }, 'run had no job, enqueued again');
      }
    }
    suspects = orphans;
    return recovered;
  };
}

/** Who reads one person does it at once and without the queue; after so long they are gone. */
const LONGEST_ONE_PERSON_MS = 600_000;

async function endInterrupted(deps: Deps, { id, queuedAt }: Run): Promise<void> {
  if (deps.now().getTime() - queuedAt.getTime() < LONGEST_ONE_PERSON_MS) return;
  const sentence = 'It was interrupted, and nothing of it was applied: ask for it again.';
  await failRun(deps, id, { kind: 'interrupted', sentence });
}
