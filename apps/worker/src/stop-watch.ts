import type { Log, RunStore } from '@passerelle/sync';

/** Watches over one job while it runs. */
export interface Watch {
  /** Aborted when the run has stopped, or the job's own signal is. */
  signal: AbortSignal;
  runStopped(): boolean;
  release(): void;
}

/** Tells jobs when their run was cancelled, in whichever process that was asked. */
export interface StopWatch {
  watch(runId: number, jobSignal: AbortSignal): Watch;
  close(): void;
}

export interface StopWatchDeps {
  runs: Pick<RunStore, 'stoppedAmong'>;
  /** How often the database is asked, in milliseconds; once for all jobs of the process. */
  intervalMs: number;
  log: Log;
}

/** Starts asking; {@link StopWatch.close} ends it. */
export function createStopWatch(deps: StopWatchDeps): StopWatch {
  const watched = new Map<AbortController, number>();
  let asking = false;

  const ask = async (): Promise<void> => {
    if (asking || watched.size === 0) return;
    asking = true;
    try {
      const stopped = new Set(await deps.runs.stoppedAmong([...new Set(watched.values())]));
      for (const [controller, runId] of watched) if (stopped.has(runId)) controller.abort();
    } catch (error) {
      deps.log.warn(
        { error: error instanceof Error ? error.name : 'unknown' },
        'cannot ask which runs have stopped',
      );
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void ask(), deps.intervalMs);

  return {
    watch: (runId, jobSignal) => {
      const controller = new AbortController();
      watched.set(controller, runId);
      return {
        signal: AbortSignal.any([controller.signal, jobSignal]),
        runStopped: () => controller.signal.aborted,
        release: () => watched.delete(controller),
      };
    },
    close: () => clearInterval(timer),
  };
}
