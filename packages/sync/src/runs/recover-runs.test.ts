import { expect, it } from 'vitest';
import { createRunRecovery } from './recover-runs.js';

/** One active run, of which the queue knows nothing unless told to. */
function lonelyRun() {
  const run = { id: 7, task: 'sync_sites', userId: null, enqueueCount: 1, state: 'running' };
  const queue = { isAlive: false, enqueued: [] as number[] };
  const recover = createRunRecovery({
    runs: {
      activeRuns: async () => [{ ...run }],
      claimEnqueue: async (_id: number, expected: number) =>
        expected === run.enqueueCount ? ++run.enqueueCount : null,
      endRun: async (_id: number, state: string) => {
        run.state = state;
        return { ...run, counts: {}, siteCode: null, endedAt: null };
      },
    },
    tasks: { getTask: async () => null, recordFailure: async () => {} },
    queue: {
      runJobsAlive: async () => queue.isAlive,
      enqueueRun: async (_id: number, count: number) => void queue.enqueued.push(count),
    },
    now: () => new Date(),
    log: { info() {}, warn() {}, error() {} },
  } as never);
  return { run, queue, recover };
}

it('a run without a job gets one when it is found so twice', async () => {
  const { queue, recover } = lonelyRun();
  expect(await recover()).toBe(0);
  expect(queue.enqueued).toEqual([]);
  expect(await recover()).toBe(1);
  expect(queue.enqueued).toEqual([2]);
});

it('one that another process has just put on the queue is given time', async () => {
  const { run, queue, recover } = lonelyRun();
  await recover();
  run.enqueueCount = 2; // counted, and about to be enqueued
  expect(await recover()).toBe(0);
  queue.isAlive = true;
  expect(await recover()).toBe(0);
  expect(queue.enqueued).toEqual([]);
});

it('one that was enqueued ten times is given up', async () => {
  const { run, queue, recover } = lonelyRun();
  run.enqueueCount = 10;
  await recover();
  expect(await recover()).toBe(0);
  expect(run.state).toBe('failed');
  expect(queue.enqueued).toEqual([]);
});
