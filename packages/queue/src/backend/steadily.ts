import type { BackendFactory, IQueueBackend } from 'bullmq';

/** The pause after an operation that failed because of its server. */
export const RETRY_MS = 1_000;
/** How long an ended job is tried to be reported; by then others have taken it. */
const PERSIST_MS = 30_000;

/** The ways a job leaves its worker. */
const ENDINGS = [
  'moveToCompleted',
  'moveToFailed',
  'moveToDelayed',
  'retryJob',
  'moveJobFromActiveToWait',
] as const;

/**
 * Makes a worker's backend bear a server that goes away. Through ioredis
 * commands wait for its return by themselves; on PostgreSQL BullMQ
 * - asks for the next job again at once, for as long as that fails, and keeps a
 *   processor busy;
 * - asks again at once, too, while jobs wait that the queue's global concurrency
 *   lets nobody have;
 * - takes a job whose end it could not report for a failed one.
 */
export function steadily(
  factory: BackendFactory<IQueueBackend>,
  clock: Clock = steadyClock,
): BackendFactory<IQueueBackend> {
  return (name, options, use) => {
    const backend = factory(name, options, use);
    backend.moveToActive = pausingOnError(backend.moveToActive.bind(backend), clock);
    unhurried(backend, clock);
    for (const ending of ENDINGS)
      Object.assign(backend, { [ending]: persisting(bound(backend, ending), clock) });
    return backend;
  };
}

/** How time passes; both in milliseconds. */
export interface Clock {
  now(): number;
  wait(ms: number): Promise<void>;
}

const steadyClock: Clock = { now: () => performance.now(), wait };

/** Resolves after a time that keeps no process alive. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/**
 * A wait for a job that ends sooner, or by one that is said to be there, has not
 * waited: there is one, of which nobody gets hold. However long a busy server takes to say so.
 */
const NO_WAIT_MS = 10;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** Pauses between claims in vain, longer and longer, until one brings a job or there was none to wait for. */
function unhurried(backend: IQueueBackend, clock: Clock): void {
  const claim = backend.moveToActive.bind(backend);
  const waitForJob = backend.waitForJob.bind(backend);
  let inVain = 0;
  let hasWaited = false;
  backend.moveToActive = async (...args) => {
    const claimed = await claim(...args);
    inVain = claimed[0] || hasWaited ? 0 : inVain + 1;
    return claimed;
  };
  backend.waitForJob = async (...args) => {
    if (inVain > 1)
      await clock.wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (inVain - 2)));
    const startedAt = clock.now();
    const found = await waitForJob(...args);
    hasWaited = !found && clock.now() - startedAt > NO_WAIT_MS;
    return found;
  };
}

type Operation = (...args: unknown[]) => Promise<unknown>;

function bound(backend: IQueueBackend, name: (typeof ENDINGS)[number]): Operation {
  return backend[name].bind(backend) as Operation;
}

function pausingOnError<Args extends unknown[], Result>(
  operation: (...args: Args) => Promise<Result>,
  clock: Clock,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await operation(...args);
    } catch (error) {
      await clock.wait(RETRY_MS);
      throw error;
    }
  };
}

function persisting(operation: Operation, clock: Clock): Operation {
  return async (...args) => {
    const until = clock.now() + PERSIST_MS;
    for (;;) {
      try {
        return await operation(...args);
      } catch (error) {
        if (isVerdict(error) || clock.now() > until) throw error;
        await clock.wait(RETRY_MS);
      }
    }
  };
}

/** BullMQ's own refusals (another worker has the job, say) carry a number as code. */
function isVerdict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}
