import { createJobWorkers, type JobWorkersOptions } from '@passerelle/queue';
import type { SyncContext } from '@passerelle/sync';
import { createHandlers } from './handlers.js';
import { createStopWatch } from './stop-watch.js';

export interface WorkerDeps {
  context: SyncContext;
  queue: JobWorkersOptions;
  /** How long jobs may go on after a stop is asked for, in milliseconds. */
  shutdownMs: number;
  /** Aborted when the process is to end: starting may wait long for a server that is away. */
  signal: AbortSignal;
}

/** A worker that is taking jobs. */
export interface RunningWorker {
  /** Takes no more jobs, waits for those under way, hands back what does not end in time. */
  stop(): Promise<void>;
}

const ASK_FOR_STOPPED_RUNS_MS = 1_000;

/**
 * Starts a worker: from then on jobs of every queue are done in this process.
 * One that was told to end before its queue could be reached takes none.
 */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const stopWatch = createStopWatch({
    runs: deps.context.runs,
    intervalMs: ASK_FOR_STOPPED_RUNS_MS,
    log: deps.context.log,
  });
  const workers = createJobWorkers(deps.queue, createHandlers(deps.context, stopWatch));
  const leaveOff = (): void => void workers.close(0);
  deps.signal.addEventListener('abort', leaveOff);
  if (deps.signal.aborted) leaveOff();
  await workers.start();
  deps.signal.removeEventListener('abort', leaveOff);
  return {
    stop: async () => {
      await workers.close(deps.shutdownMs);
      stopWatch.close();
    },
  };
}
