import type { SyncContext } from '../context.js';
import type { Author } from '../ports/access.js';
import type { Run } from '../ports/runs.js';

type Deps = Pick<SyncContext, 'runs' | 'queue' | 'now' | 'log'>;

/**
 * Cancels a run: from now on nothing of it is applied. The processes that still
 * read for it notice within seconds (they ask which runs have stopped).
 * @param author who cancels it, for the audit: written with it
 * @returns the cancelled run, or null when it is unknown or had ended
 */
export async function cancelRun(deps: Deps, runId: number, author?: Author): Promise<Run | null> {
  const run = await deps.runs.endRun(runId, 'cancelled', null, deps.now(), author);
  if (run === null) return null;
  deps.log.info({ runId, task: run.task }, 'run cancelled');
  await deps.queue.removeRun(run.id, run.enqueueCount);
  return run;
}
