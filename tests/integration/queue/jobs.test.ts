import { expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { done, signal, tally, useRig } from './rig.js';
import { eventually } from '../../support/patience.js';

const overloaded = { kind: 'overloaded', sentence: 'The source is overloaded.' };

eachBackend('jobs', (backend) => {
  const rig = useRig(backend);

  test('of many runs that are enqueued at once, some twice, each is handled once', async () => {
    const { queue, openQueue, startWorkers } = await rig();
    const handled: number[] = [];
    const all = signal();
    const ids = Array.from({ length: 12 }, (_, at) => at + 1);
    const other = openQueue();
    await Promise.all(ids.flatMap((id) => [queue.enqueueRun(id, 1), other.enqueueRun(id, 1)]));
    await queue.enqueueRun(13, 1);
    await startWorkers(
      {
        run: async ({ runId }) => {
          handled.push(runId);
          if (runId === 13) all.send();
          return done;
        },
      },
      { runConcurrency: 1 },
    );
    await all.promise;
    expect(handled.sort((one, next) => one - next)).toEqual([...ids, 13]);
  });

  test('a run that is enqueued twice is handled once', async () => {
    const { queue, openQueue, startWorkers } = await rig();
    const handled: unknown[] = [];
    await Promise.all([queue.enqueueRun(1, 1), openQueue().enqueueRun(1, 1)]);
    const last = signal();
    await queue.enqueueRun(2, 1);
    await startWorkers(
      {
        run: async (payload) => {
          handled.push(payload);
          if (payload.runId === 2) last.send();
          return done;
        },
      },
      { runConcurrency: 1 },
    );
    await last.promise;
    expect(handled).toEqual([
      { runId: 1, count: 1 },
      { runId: 2, count: 1 },
    ]);
  });

  test('reconcile comes when every part has ended, failed ones too', async () => {
    const { queue, startWorkers } = await rig();
    const events: string[] = [];
    const reconciled = signal();
    await queue.enqueueParts(7, 1, [1, 2, 3]);
    await queue.enqueueParts(7, 1, [1, 2, 3]);
    expect(await queue.runJobsAlive(7, 1)).toBe(true);
    expect(await queue.runJobsAlive(7, 2)).toBe(false);
    await startWorkers({
      fetch: async ({ part }) => {
        events.push(`part ${part}`);
        return part === 2 ? { outcome: 'giveUp', error: overloaded } : done;
      },
      onGiveUp: async ({ part }, failure) => {
        events.push(`gave up ${part}: ${failure.kind}`);
      },
      reconcile: async ({ runId }) => {
        events.push(`reconcile ${runId}`);
        reconciled.send();
        return done;
      },
    });
    await reconciled.promise;
    expect(events.toSorted()).toEqual(
      ['gave up 2: overloaded', 'part 1', 'part 2', 'part 3', 'reconcile 7'].toSorted(),
    );
    expect(events.at(-1)).toBe('reconcile 7');
    await eventually(async () => expect(await queue.runJobsAlive(7, 1)).toBe(false));
    const { runs, fetch } = await queue.counts();
    expect([runs.completed, runs.failed]).toEqual([1, 0]);
    expect([fetch.completed, fetch.failed]).toEqual([0, 0]);
  });

  test('a flow without parts goes straight to reconcile', async () => {
    const { queue, startWorkers } = await rig();
    const reconciled = signal<number>();
    await queue.enqueueParts(3, 1, []);
    await startWorkers({
      reconcile: async ({ runId }) => {
        reconciled.send(runId);
        return done;
      },
    });
    expect(await reconciled.promise).toBe(3);
  });

  test('adding a flow again while its parts end, or after, does nothing', async () => {
    const { queue, startWorkers } = await rig();
    const parts = tally();
    const reconciles = tally();
    const hold = signal();
    await queue.enqueueParts(8, 1, [1, 2]);
    await startWorkers({
      fetch: async ({ part }) => {
        parts.add();
        if (part === 1) return { outcome: 'giveUp', error: overloaded };
        await hold.promise;
        return done;
      },
      reconcile: async () => {
        reconciles.add();
        return done;
      },
    });
    await parts.reached(2);
    await eventually(async () => expect((await queue.counts()).fetch.active).toBe(1));
    await queue.enqueueParts(8, 1, [1, 2]);
    hold.send();
    await reconciles.reached(1);
    await eventually(async () => expect(await queue.runJobsAlive(8, 1)).toBe(false));
    await queue.enqueueParts(8, 1, [1, 2]);
    expect(await queue.runJobsAlive(8, 1)).toBe(false);
    expect([parts.count(), reconciles.count()]).toEqual([2, 1]);
  });

  test('a part whose handler fails is retried with full jitter, and then given up', async () => {
    const { openQueue, startWorkers } = await rig();
    const attempts: { attempt: number; max: number; at: number }[] = [];
    const gaveUp = signal<unknown>();
    const retry = { fetch: { attempts: 3, baseMs: 400, capMs: 10_000 } };
    await openQueue({ retry }).enqueueParts(9, 1, [1]);
    await startWorkers(
      {
        fetch: async (_payload, { attempt, attemptsMax }) => {
          attempts.push({ attempt, max: attemptsMax, at: Date.now() });
          return { outcome: 'retry', error: overloaded };
        },
        onGiveUp: async (payload, failure) => gaveUp.send({ payload, failure }),
      },
      { retry, random: () => 0.5 },
    );
    expect(await gaveUp.promise).toEqual({
      payload: { runId: 9, count: 1, part: 1 },
      failure: overloaded,
    });
    expect(attempts.map(({ attempt, max }) => [attempt, max])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    const [first = 0, second = 0, third = 0] = attempts.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(195);
    expect(third - second).toBeGreaterThanOrEqual(395);
  });

  test('a part that is put off spends no attempt, and comes again after its time', async () => {
    const { openQueue, startWorkers } = await rig();
    const attempts: number[] = [];
    const reconciled = signal<void>();
    await openQueue({}).enqueueParts(10, 1, [1]);
    await startWorkers({
      fetch: async (_payload, { attempt }) => {
        attempts.push(attempt);
        return attempts.length < 5 ? { outcome: 'later', delayMs: 5 } : { outcome: 'done' };
      },
      reconcile: async () => {
        reconciled.send();
        return { outcome: 'done' };
      },
    });
    await reconciled.promise;
    expect(attempts).toEqual([1, 1, 1, 1, 1]);
  });

  test('parts added by a part are read before the run is reconciled', async () => {
    const { openQueue, startWorkers } = await rig();
    const order: (number | 'reconcile')[] = [];
    const queue = openQueue({});
    const reconciled = signal<void>();
    await queue.enqueueParts(11, 1, [1, 2]);
    await startWorkers({
      fetch: async ({ part }) => {
        order.push(part);
        if (part === 1) await queue.enqueueMoreParts(11, 1, [3, 4]);
        if (part === 3) await queue.enqueueMoreParts(11, 1, [5]);
        return { outcome: 'done' };
      },
      reconcile: async () => {
        order.push('reconcile');
        reconciled.send();
        return { outcome: 'done' };
      },
    });
    await reconciled.promise;
    expect(order.at(-1)).toBe('reconcile');
    expect(new Set(order.slice(0, -1))).toEqual(new Set([1, 2, 3, 4, 5]));
    // Of a run that is reconciled nothing more is asked.
    await queue.enqueueMoreParts(11, 1, [6]);
    expect((await queue.counts()).fetch).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
  });
});
