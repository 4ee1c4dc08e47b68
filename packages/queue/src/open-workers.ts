import { type BackendFactory, type IQueueBackend, Worker, type WorkerOptions } from 'bullmq';
import type { AnyJob, AnyWorker, QueueBackend } from './backend/backend.js';
import { openBackend } from './backend/open-backend.js';
import { QUEUE_NAMES, type QueueName } from './jobs.js';
import type { JobWorkersOptions } from './job-workers.js';
import { DEFAULT_NAMESPACE, retryPolicy } from './options.js';
import { backoffStrategy } from './outcome-to-job.js';
import { repeatStrategy } from './queue-objects.js';

/** The workers of a process on their connections. */
export interface OpenWorkers {
  /** Begins to take jobs. */
  run(): void;
  /** Takes no more; resolves when the last job has ended. */
  drain(): Promise<void>;
  /** Ends the connections, whatever is still under way. */
  disconnect(): Promise<void>;
}

type Processor = (job: AnyJob, token?: string) => Promise<void>;
type OnError = (error: unknown) => void;

const CONNECT_TIMEOUT_MS = 10_000;
/** After an error, BullMQ's loop comes back at once, or waits 15 s where it retries itself. */
const RETRY_MS = 1_000;
/** We count starts ourselves (`maxStarts`), so that giving up is recorded. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** Connects, and rejects if the server is not there or not ready for the queue. */
export async function openWorkers(
  options: JobWorkersOptions,
  processor: Processor,
  onError: OnError,
): Promise<OpenWorkers> {
  const backend = openBackend(options.backend, {
    role: 'worker',
    namespace: options.namespace ?? DEFAULT_NAMESPACE,
    timeoutMs: CONNECT_TIMEOUT_MS,
    onError,
  });
  try {
    await backend.ready();
    const workers = QUEUE_NAMES.map((name) =>
      openWorker(name, options, backend, processor, onError),
    );
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
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
  processor: Processor,
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
    runRetryDelay: RETRY_MS,
    settings: {
      repeatStrategy: repeatStrategy(options.nextRun),
      backoffStrategy: backoffStrategy(
        (job) => retryPolicy(job, options),
        options.random ?? Math.random,
      ),
    },
  };
  const worker: AnyWorker = new Worker(name, processor, workerOptions, calmly(backend.factory));
  worker.on('error', onError);
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

/**
 * BullMQ asks again at once when taking a job fails with anything but a refused
 * connection (a restarting PostgreSQL gives others), and keeps a processor busy.
 */
function calmly(factory: BackendFactory<IQueueBackend>): BackendFactory<IQueueBackend> {
  return (name, options, use) => {
    const backend = factory(name, options, use);
    const moveToActive = backend.moveToActive.bind(backend);
    backend.moveToActive = async (...args) => {
      try {
        return await moveToActive(...args);
      } catch (error) {
        await wait(RETRY_MS);
        throw error;
      }
    };
    return backend;
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
