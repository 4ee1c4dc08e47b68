import type { IQueueBackend, WorkerOptions } from 'bullmq';
import type { AnyJob, AnyWorker, QueueBackend } from './backend/backend.js';
import { openBackend } from './backend/open-backend.js';
import { RETRY_MS, steadily, wait } from './backend/steadily.js';
import { bullmq } from './bullmq.js';
import { withDeadline } from './deadline.js';
import { QUEUE_NAMES, type QueueName } from './jobs.js';
import type { JobWorkersOptions } from './job-workers.js';
import { nextScheduledRun, repeatStrategy } from './next-run.js';
import { DEFAULT_NAMESPACE, retryPolicy } from './options.js';
import { backoffStrategy } from './outcome-to-job.js';
import type { JobProcessor } from './process-job.js';

/** The workers of a process on their connections. */
export interface OpenWorkers {
  /** Begins to take jobs. */
  run(): void;
  /** Takes no more; resolves when the last job has ended. */
  drain(): Promise<void>;
  /** Ends the connections, whatever is still under way. */
  disconnect(): Promise<void>;
}

type OnError = (error: unknown) => void;

const CONNECT_TIMEOUT_MS = 10_000;
/** We give up ourselves (`maxStarts`), so that it is recorded. A PostgreSQL integer. */
const UNLIMITED = 2 ** 31 - 1;

/**
 * Connects, and rejects if the server is not there or not ready for the queue.
 *
 * @param closing when aborted, connecting is left off
 */
export async function openWorkers(
  options: JobWorkersOptions,
  processor: JobProcessor,
  onError: OnError,
  closing: AbortSignal,
): Promise<OpenWorkers> {
  const backend = await openBackend(options.backend, {
    role: 'worker',
    namespace: options.namespace ?? DEFAULT_NAMESPACE,
    timeoutMs: CONNECT_TIMEOUT_MS,
    onError,
  });
  const leaveOff = (): void => void backend.close(true).catch(onError);
  closing.addEventListener('abort', leaveOff, { once: true });
  try {
    closing.throwIfAborted();
    await withDeadline(options.backend, CONNECT_TIMEOUT_MS, () => backend.ready());
    const workers = QUEUE_NAMES.map((name) =>
      openWorker(name, options, backend, processor, onError),
    );
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    closing.removeEventListener('abort', leaveOff);
    return {
      run: () => workers.forEach((worker) => void keepRunning(worker, onError)),
      drain: async () => {
        await Promise.all(workers.map((worker) => worker.close()));
      },
      disconnect: () => backend.close(true),
    };
  } catch (error) {
    await backend.close(true).catch(onError);
    throw error;
  }
}

function openWorker(
  name: QueueName,
  options: JobWorkersOptions,
  backend: QueueBackend,
  processor: JobProcessor,
  onError: OnError,
): AnyWorker {
  const workerOptions: WorkerOptions = {
    connection: backend.connection,
    prefix: backend.prefix,
    autorun: false,
    concurrency: concurrencyOf(name, options),
    lockDuration: options.lockMs ?? 10_000,
    stalledInterval: options.stalledMs ?? 5_000,
    maxStalledCount: UNLIMITED,
    // Seconds until an idle worker looks by itself: nobody tells it when the global limit is
    // raised, and what it was told is lost with a connection that is cut.
    drainDelay: name === 'schedules' ? 5 : 1,
    runRetryDelay: RETRY_MS,
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
    settings: {
      repeatStrategy: repeatStrategy(options.nextRun ?? nextScheduledRun),
      backoffStrategy: backoffStrategy(
        (job) => retryPolicy(job, options),
        options.random ?? Math.random,
      ),
    },
  };
  const worker: AnyWorker = new bullmq.Worker<unknown, void, string, IQueueBackend>(
    name,
    (job: AnyJob, token?: string) => processor.process(job, token),
    workerOptions,
    steadily(backend.factory),
  );
  worker.on('error', onError);
  worker.on('lockRenewalFailed', (jobIds) => processor.lose(jobIds));
  worker.on('stalled', (jobId) =>
    options.log.warn({ queue: name, jobId }, 'job taken from a worker that is gone'),
  );
  return worker;
}

function concurrencyOf(name: QueueName, options: JobWorkersOptions): number {
  if (name === 'fetch') return options.fetchConcurrency ?? 4;
  return name === 'runs' ? (options.runConcurrency ?? 4) : 1;
}

/** A worker's loop is not meant to end; should it, it begins again. */
async function keepRunning(worker: AnyWorker, onError: OnError): Promise<void> {
  while (worker.closing === undefined) {
    try {
      await worker.run();
    } catch (error) {
      onError(error);
    }
    if (worker.closing === undefined) await wait(RETRY_MS);
  }
}
