import { expect, test } from 'vitest';
import type { AnyJob } from './backend/backend.js';
import { handlersByName, type JobOutcome, jobHandler } from './handlers.js';
import { JOB_NAMES } from './jobs.js';
import type { QueueLog } from './log.js';
import { createProcessor } from './process-job.js';

const log: QueueLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => log,
};

function processorFor(outcome: JobOutcome | Error, handled: unknown[] = []) {
  const handle = async (payload: unknown): Promise<JobOutcome> => {
    handled.push(payload);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return createProcessor({
    handlers: handlersByName(JOB_NAMES.map((name) => jobHandler(name, { handle }))),
    log,
    maxStarts: 3,
    stopping: new AbortController().signal,
    abandoned: new Promise(() => undefined),
  }).process;
}

/** As much of a BullMQ job as the processor reads. */
function jobOf(fields: Partial<AnyJob>): AnyJob {
  const job = { id: '1', attemptsMade: 0, stalledCounter: 0, opts: { attempts: 3 }, ...fields };
  return job as unknown as AnyJob;
}

const failure = { kind: 'overloaded', sentence: 'Wait.' };

test('a payload of another version fails the job for good, unhandled', async () => {
  const handled: unknown[] = [];
  const job = jobOf({ name: 'run', data: { runId: -1, count: 1 } });
  await expect(processorFor({ outcome: 'done' }, handled)(job, 't')).rejects.toMatchObject({
    name: 'UnrecoverableError',
    message: expect.stringContaining('runId'),
  });
  expect(handled).toEqual([]);
});

test('a job of an unknown name fails for good', async () => {
  const job = jobOf({ name: 'jump', data: {} });
  await expect(processorFor({ outcome: 'done' })(job, 't')).rejects.toMatchObject({
    name: 'UnrecoverableError',
  });
});

test('a retry is one only while attempts are left', async () => {
  const process = processorFor({ outcome: 'retry', error: failure });
  const data = { runId: 1, count: 1 };
  await expect(process(jobOf({ name: 'run', data, attemptsMade: 1 }), 't')).rejects.toMatchObject({
    name: 'RetryJobError',
    message: 'overloaded: Wait.',
  });
  await expect(process(jobOf({ name: 'run', data, attemptsMade: 2 }), 't')).rejects.toMatchObject({
    name: 'UnrecoverableError',
  });
});

test('a job whose database is away waits for it, and spends no attempt on it', async () => {
  const away = Object.assign(new Error('Away.'), { kind: 'unreachable', retryable: true });
  const delays: number[] = [];
  const job = jobOf({
    ...{ name: 'run', data: { runId: 1, count: 1 }, attemptsMade: 2, attemptsStarted: 1_000 },
    moveToDelayed: async (time) => void delays.push(time - Date.now()),
  });
  await expect(processorFor(away)(job, 't')).rejects.toMatchObject({ name: 'DelayedError' });
  expect(delays).toEqual([expect.closeTo(1_000, -3)]);
});

test('a job whose workers died of it too often is given up unhandled', async () => {
  const handled: unknown[] = [];
  const job = jobOf({ name: 'run', data: { runId: 1, count: 1 }, stalledCounter: 3 });
  await expect(processorFor({ outcome: 'done' }, handled)(job, 't')).rejects.toThrow(/interrupted/);
  expect(handled).toEqual([]);
});
