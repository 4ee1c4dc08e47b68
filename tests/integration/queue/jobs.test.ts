import { expect, test, vi } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { done, signal, tally, useRig } from './rig.js';

const overloaded = { kind: 'overloaded', sentence: 'The source is overloaded.' };

eachBackend('jobs', (backend) => {
  const rig = useRig(backend);

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
    await vi.waitFor(async () => expect(await queue.runJobsAlive(7, 1)).toBe(false));
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
    await vi.waitFor(async () => expect((await queue.counts()).fetch.active).toBe(1));
    await queue.enqueueParts(8, 1, [1, 2]);
    hold.send();
    await reconciles.reached(1);
    await vi.waitFor(async () => expect(await queue.runJobsAlive(8, 1)).toBe(false));
    await queue.enqueueParts(8, 1, [1, 2]);
    expect(await queue.runJobsAlive(8, 1)).toBe(false);
    expect([parts.count(), reconciles.count()]).toEqual([2, 1]);
  });

  test('a part is retried with full jitter, or after the time it names, and then given up', async () => {
    const { openQueue, startWorkers } = await rig();
    const attempts: { attempt: number; max: number; at: number }[] = [];
    const gaveUp = signal<unknown>();
    const retry = { fetch: { attempts: 3, baseMs: 400, capMs: 10_000 } };
    await openQueue({ retry }).enqueueParts(9, 1, [1]);
    await startWorkers(
      {
        fetch: async (_payload, { attempt, attemptsMax }) => {
          attempts.push({ attempt, max: attemptsMax, at: Date.now() });
          if (attempt === 2) return { outcome: 'retry', error: overloaded, delayMs: 600 };
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
    expect(third - second).toBeGreaterThanOrEqual(595);
  });
});
