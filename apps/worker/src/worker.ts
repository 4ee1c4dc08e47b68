import { createJobWorkers, type JobWorkersOptions } from '@passerelle/queue';
import type { SyncContext } from '@passerelle/sync';
import { createHandlers } from './handlers.js';
import { createStopWatch } from './stop-watch.js';

export interface WorkerDeps {
  context: SyncContext;
  queue: JobWorkersOptions;
  /** How long jobs may go on after a stop is asked for, in milliseconds. */
  shutdownMs: number;
}

/** A worker that is taking jobs. */
export interface RunningWorker {
  /** Takes no more jobs, waits for those under way, hands back what does not end in time. */
  stop(): Promise<void>;
}

const ASK_FOR_STOPPED_RUNS_MS = 1_000;

/** Starts a worker: from then on jobs of every queue are done in this process. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const stopWatch = createStopWatch({
    runs: deps.context.runs,
    intervalMs: ASK_FOR_STOPPED_RUNS_MS,
    log: deps.context.log,
  });
  const workers = createJobWorkers(deps.queue, createHandlers(deps.context, stopWatch));
  await workers.start();
  return {
    stop: async () => {
      await workers.close(deps.shutdownMs);
      stopWatch.close();
    },
  };
}
