import {
  type AnyJobHandler,
  createJobQueue,
  createJobWorkers,
  type JobContext,
  type JobName,
  type JobOutcome,
  type JobPayload,
  type JobQueue,
  type JobQueueOptions,
  type JobWorkers,
  type JobWorkersOptions,
  jobHandler,
  type NextRun,
  type QueueLog,
} from '@passerelle/queue';
import { afterEach } from 'vitest';
import type { TestBackend } from '../../support/backends.js';

/** A log whose every line is passed on. */
export function listeningLog(listen: (line: string) => void): QueueLog {
  const write = (fields: object, message: string): void =>
    listen(`${message} ${JSON.stringify(fields)}`);
  const log: QueueLog = { debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}

export const silent = listeningLog(() => undefined);

/** Patterns here are milliseconds, so that a schedule comes due within a test. */
const everyMs: NextRun = (pattern, after) =>
  pattern === 'never' ? null : new Date(after.getTime() + Number(pattern));

type Handle<Name extends JobName> = (
  payload: JobPayload<Name>,
  context: JobContext,
) => Promise<JobOutcome>;

export type Handles = { [Name in JobName]?: Handle<Name> } & {
  onGiveUp?: Parameters<typeof jobHandler<'fetch'>>[1]['onGiveUp'];
};

export const done: JobOutcome = { outcome: 'done' };

/** A handler for every job; those not given do nothing. */
export function handlersFor(handles: Handles): AnyJobHandler[] {
  const nothing = async (): Promise<JobOutcome> => done;
  return [
    jobHandler('tick', { handle: handles.tick ?? nothing }),
    jobHandler('run', { handle: handles.run ?? nothing }),
    jobHandler('fetch', {
      handle: handles.fetch ?? nothing,
      ...(handles.onGiveUp && { onGiveUp: handles.onGiveUp }),
    }),
    jobHandler('reconcile', { handle: handles.reconcile ?? nothing }),
  ];
}

type ProducerOptions = Partial<JobQueueOptions>;

export interface Rig {
  options: JobWorkersOptions & JobQueueOptions;
  queue: JobQueue;
  /** One more producer, as another process would have. */
  openQueue(options?: ProducerOptions): JobQueue;
  startWorkers(handles: Handles, options?: Partial<JobWorkersOptions>): Promise<JobWorkers>;
}

/** What one test needs, closed after it. */
export function useRig(backend: TestBackend): (own?: Partial<JobWorkersOptions>) => Promise<Rig> {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });
  return async (own = {}) => {
    const options: JobWorkersOptions & JobQueueOptions = {
      backend: backend.choice,
      namespace: await backend.namespace(),
      nextRun: everyMs,
      log: silent,
      // What was begun is nobody else's; tests of those that die say otherwise.
      lockMs: 30_000,
      stalledMs: 300,
      maxFetches: 100,
      ...own,
    };
    const openQueue = (more: ProducerOptions = {}): JobQueue => {
      const queue = createJobQueue({ ...options, ...more });
      closers.push(() => queue.close());
      return queue;
    };
    return {
      options,
      queue: openQueue(),
      openQueue,
      startWorkers: async (handles, more = {}) => {
        const workers = createJobWorkers({ ...options, ...more }, handlersFor(handles));
        closers.push(() => workers.close(0));
        await workers.start();
        return workers;
      },
    };
  };
}

/** A promise to be resolved by somebody else. */
export function signal<Value = void>(): {
  promise: Promise<Value>;
  send: (value: Value) => void;
} {
  let send: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    send = resolve;
  });
  return { promise, send };
}

/** Counts calls and resolves when there were so many. */
export function tally(): {
  count: () => number;
  add: () => void;
  reached(n: number): Promise<void>;
} {
  let count = 0;
  let waiting: { n: number; resolve: () => void }[] = [];
  return {
    count: () => count,
    add: () => {
      count += 1;
      for (const waiter of waiting) if (count >= waiter.n) waiter.resolve();
      waiting = waiting.filter((waiter) => count < waiter.n);
    },
    reached: (n) =>
      new Promise((resolve) => {
        if (count >= n) resolve();
        else waiting.push({ n, resolve });
      }),
  };
}
