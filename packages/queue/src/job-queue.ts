import { gather, type TaskName } from '@passerelle/roster';
import type { AnyQueue } from './backend/backend.js';
import { withDeadline } from './deadline.js';
import { QueueError } from './errors.js';
import { QUEUE_NAMES, type QueueName } from './jobs.js';
import type { QueueOptions } from './options.js';
import type { QueueObjects } from './queue-objects.js';
import {
  addMoreParts,
  addParts,
  addRuns,
  anyAlive,
  removeRunJobs,
  type RunToAdd,
} from './run-jobs.js';
import { dropSchedule, putSchedule, readSchedules, type Schedule } from './schedules.js';

/** Jobs of one queue by state. */
export interface QueueCounts {
  waiting: number;
  active: number;
  delayed: number;
  waitingChildren: number;
  completed: number;
  failed: number;
}

/** What waits in one queue, and for how long. */
export interface QueueBacklog {
  queue: QueueName;
  waiting: number;
  active: number;
  delayed: number;
  /** When the oldest of the waiting was put there; null: none waits. */
  oldestAt: Date | null;
}

/**
 * The queue, for those who put work on it. Every call either takes effect within
 * the time limit or throws a QueueError; all may be repeated.
 * It holds one connection to Redis, or up to two to PostgreSQL unless it is allowed more.
 */
export interface JobQueue {
  enqueueRun(runId: number, count: number): Promise<void>;
  /**
   * The parts as `fetch` jobs, of which `maxFetches` are at work at once across all
   * processes, and behind them `reconcile`, which runs even if parts fail.
   */
  enqueueParts(runId: number, count: number, partNumbers: readonly number[]): Promise<void>;
  /** More `fetch` jobs for a run whose `reconcile` still waits. */
  enqueueMoreParts(runId: number, count: number, partNumbers: readonly number[]): Promise<void>;
  /** Is a job of this generation of the run waiting, delayed or at work? */
  runJobsAlive(runId: number, count: number): Promise<boolean>;
  /** Takes away what has not begun. */
  removeRun(runId: number, count: number): Promise<void>;
  /** Takes up what a clock that was ahead, and was set back, has put off. */
  recallPutOff(): Promise<void>;
  /** @returns the next time, null if the pattern never matches (then there is no schedule) */
  upsertSchedule(task: TaskName, cronPattern: string, tz: string): Promise<Date | null>;
  removeSchedule(task: TaskName): Promise<boolean>;
  listSchedules(): Promise<Schedule[]>;
  counts(): Promise<Record<QueueName, QueueCounts>>;
  /** What waits, queue by queue. */
  backlog(): Promise<QueueBacklog[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Runs that are put on the queue together, at most. */
const RUNS_AT_ONCE = 100;

export interface JobQueueOptions extends QueueOptions {
  /** The most `fetch` jobs at once, across all processes. */
  maxFetches: number;
  /** How long a call may take, 10 s by default. */
  timeoutMs?: number;
  /** On PostgreSQL: the most connections, 2 by default; more for a process that many ask at once. */
  connections?: number;
}

/**
 * Opens the queue for producers. Loads BullMQ and connects at the first call, and again at the
 * next one if that failed.
 */
export function createJobQueue(options: JobQueueOptions): JobQueue {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const connect = connectOnce(async () => {
    const { openQueueObjects } = await import('./queue-objects.js');
    return openQueueObjects(options, timeoutMs, options.connections);
  });
  const use = async <Result>(work: (objects: QueueObjects) => Promise<Result>): Promise<Result> => {
    const objects = await connect.get();
    return withDeadline(options.backend, timeoutMs, () => work(objects));
  };
  const add = async (runs: readonly RunToAdd[]): Promise<readonly void[]> => {
    await use((objects) => addRuns(objects, options, runs));
    return runs.map(() => undefined);
  };
  // A job says which span it comes from: where spans are wanted each is added by itself.
  const addOne =
    options.telemetry === undefined
      ? gather(add, RUNS_AT_ONCE)
      : (run: RunToAdd): Promise<unknown> => add([run]);
  return {
    enqueueRun: async (runId, count) => {
      // Once more, for what it waits for those before it.
      await withDeadline(options.backend, timeoutMs, () => addOne({ runId, count }));
    },
    enqueueParts: (runId, count, parts) =>
      use(async (objects) => {
        // Each time: a queue that was lost has lost its limit too.
        await objects.queues.fetch.setGlobalConcurrency(options.maxFetches);
        await addParts(objects, options, runId, count, parts);
      }),
    enqueueMoreParts: (runId, count, parts) =>
      use((objects) => addMoreParts(objects, options, runId, count, parts)),
    runJobsAlive: (runId, count) => use((objects) => anyAlive(objects, runId, count)),
    removeRun: (runId, count) => use((objects) => removeRunJobs(objects, runId, count)),
    recallPutOff: () => use(({ backend }) => backend.recall(QUEUE_NAMES, Date.now())),
    upsertSchedule: (task, pattern, tz) =>
      use((objects) => putSchedule(objects, options, { task, pattern, tz }, new Date())),
    removeSchedule: (task) => use((objects) => dropSchedule(objects, task)),
    listSchedules: () => use(readSchedules),
    counts: () => use(readCounts),
    backlog: () => use(readBacklog),
    ping: () => use(({ backend }) => backend.ping()),
    close: () => connect.close(),
  };
}

/** One set of connections, made when first needed; a failed attempt is forgotten. */
function connectOnce(open: () => Promise<QueueObjects>): {
  get(): Promise<QueueObjects>;
  close(): Promise<void>;
} {
  let opened: Promise<QueueObjects> | undefined;
  let closed = false;
  return {
    get: async () => {
      if (closed) throw new QueueError('The queue was closed.', { retryable: false });
      opened ??= open().catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    close: async () => {
      closed = true;
      const objects = await opened?.catch(() => undefined);
      opened = undefined;
      await objects?.close();
    },
  };
}

async function readCounts({ queues }: QueueObjects): Promise<Record<QueueName, QueueCounts>> {
  const entries = QUEUE_NAMES.map(async (name) => {
    const counts = await queues[name].getJobCounts();
    const of = (...states: string[]): number =>
      states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    return [
      name,
      {
        waiting: of('waiting', 'prioritized', 'paused'),
        active: of('active'),
        delayed: of('delayed'),
        waitingChildren: of('waiting-children'),
        completed: of('completed'),
        failed: of('failed'),
      },
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<QueueName, QueueCounts>;
}

async function readBacklog(objects: QueueObjects): Promise<QueueBacklog[]> {
  const counts = await readCounts(objects);
  return Promise.all(
    QUEUE_NAMES.map(async (queue) => {
      const { waiting, active, delayed } = counts[queue];
      const oldestAt = await findOldest(objects.queues[queue], waiting);
      return { queue, waiting, active, delayed, oldestAt };
    }),
  );
}

/** Newest first is the one order that both backends have; who is gone meanwhile is not looked for. */
async function findOldest(queue: AnyQueue, waiting: number): Promise<Date | null> {
  if (waiting === 0) return null;
  const [oldest] = await queue.getJobs(['waiting'], waiting - 1, waiting - 1, false);
  return oldest === undefined ? null : new Date(oldest.timestamp);
}
