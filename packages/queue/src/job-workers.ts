import { type AnyJobHandler, handlersByName } from './handlers.js';
import { createErrorLog } from './log.js';
import type { QueueOptions } from './options.js';
import type { OpenWorkers } from './open-workers.js';

/** How the workers of one process work. */
export interface JobWorkersOptions extends QueueOptions {
  /** `fetch` jobs at once in this process, 4 by default. */
  fetchConcurrency?: number;
  /** `run` and `reconcile` jobs at once in this process, 4 by default. */
  runConcurrency?: number;
  /** A job belongs to its worker for so long without a sign of life; 10 s by default. */
  lockMs?: number;
  /** How often jobs whose worker is gone are looked for; 5 s by default. */
  stalledMs?: number;
  /** Starts after which a job whose workers keep dying is given up, 25 by default. */
  maxStarts?: number;
  /** Uniform in [0, 1). */
  random?: () => number;
}

export interface JobWorkers {
  /** Begins to take jobs; waits for a server that is away, until closed. */
  start(): Promise<void>;
  /** Resolves when the workers are connected. */
  waitUntilReady(): Promise<void>;
  /**
   * Takes no more jobs and waits up to `graceMs` for those at work; then aborts
   * their signals and hands them back, so that another worker takes them at once.
   */
  close(graceMs: number): Promise<void>;
}

/** What handlers have to leave off once their signal is aborted. */
const ABORT_MS = 1_500;
/** What the server has to take jobs back and say goodbye. */
const GOODBYE_MS = 3_000;
const RECONNECT_MS = 1_000;

/**
 * The workers of one process, for all queues. They hold four connections to
 * Redis, or up to five to PostgreSQL.
 *
 * @throws QueueError unless there is exactly one handler for every job
 */
export function createJobWorkers(
  options: JobWorkersOptions,
  handlers: readonly AnyJobHandler[],
): JobWorkers {
  const byName = handlersByName(handlers);
  const onError = createErrorLog(options.log, Date.now);
  const stopping = new AbortController();
  const closing = new AbortController();
  const abandoned = whenCalled();
  let opened: OpenWorkers | undefined;
  let started: Promise<void> | undefined;

  const open = async (): Promise<void> => {
    const { createProcessor } = await import('./process-job.js');
    const { openWorkers } = await import('./open-workers.js');
    const processor = createProcessor({
      handlers: byName,
      log: options.log,
      maxStarts: options.maxStarts ?? DEFAULT_MAX_STARTS,
      stopping: stopping.signal,
      abandoned: abandoned.promise,
    });
    while (!closing.signal.aborted && !opened) {
      try {
        opened = await openWorkers(options, processor, onError, closing.signal);
      } catch (error) {
        if (closing.signal.aborted) return;
        onError(error);
        await pause(RECONNECT_MS, closing.signal);
      }
    }
    if (!closing.signal.aborted) opened?.run();
  };
  const start = (): Promise<void> => (started ??= open());

  return {
    start,
    waitUntilReady: start,
    close: async (graceMs) => {
      if (closing.signal.aborted) return;
      closing.abort();
      await inTime(started ?? Promise.resolve(), GOODBYE_MS);
      if (!opened) return;
      const drained = opened.drain();
      if (await inTime(drained, graceMs)) return opened.disconnect();
      stopping.abort();
      if (!(await inTime(drained, ABORT_MS))) abandoned.call();
      await inTime(drained, GOODBYE_MS);
      await opened.disconnect();
    },
  };
}

const DEFAULT_MAX_STARTS = 25;

function whenCalled(): { promise: Promise<void>; call: () => void } {
  let call: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    call = resolve;
  });
  return { promise, call };
}

/** Did it end within the time? */
async function inTime(work: Promise<void>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(timeoutMs, timer.signal).then(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

/** Resolves after a time, or at once when aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
