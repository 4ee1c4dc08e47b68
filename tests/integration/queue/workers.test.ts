import { expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { countConnections, dumpQueue } from './inspect.js';
import { done, listeningLog, signal, tally, useRig } from './rig.js';
import { eventually } from '../../support/patience.js';

const PARTS = Array.from({ length: 24 }, (_, index) => index + 1);

eachBackend('workers', (backend) => {
  const rig = useRig(backend);

  test('the global limit on fetch jobs holds across workers', async () => {
    const { openQueue, startWorkers } = await rig();
    const queue = openQueue({ maxFetches: 3 });
    let atWork = 0;
    let most = 0;
    const reconciled = signal();
    await queue.enqueueParts(1, 1, PARTS);
    const handles = {
      fetch: async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await new Promise((resolve) => setTimeout(resolve, 20));
        atWork -= 1;
        return done;
      },
      reconcile: async () => {
        reconciled.send();
        return done;
      },
    };
    await Promise.all([1, 2, 3].map(() => startWorkers(handles)));
    await reconciled.promise;
    expect(most).toBe(3);
  });

  test('closing waits for the jobs at work', async () => {
    const { queue, startWorkers } = await rig();
    const begun = signal();
    const hold = signal();
    let ended = false;
    const workers = await startWorkers({
      run: async () => {
        begun.send();
        await hold.promise;
        ended = true;
        return done;
      },
    });
    await queue.enqueueRun(1, 1);
    await begun.promise;
    const closed = workers.close(10_000);
    hold.send();
    await closed;
    expect(ended).toBe(true);
    expect(await queue.runJobsAlive(1, 1)).toBe(false);
  });

  test('after the grace a job is aborted and taken by another worker at once', async () => {
    const { queue, startWorkers } = await rig();
    const begun = signal();
    const first = await startWorkers(
      {
        run: (_payload, { signal: stop }) =>
          new Promise((_resolve, reject) => {
            stop.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
            begun.send();
          }),
      },
      LONG_LOCK,
    );
    await queue.enqueueRun(1, 1);
    await begun.promise;
    const taken = signal<number>();
    await startWorkers(
      {
        run: async (_payload, { attempt }) => {
          taken.send(attempt);
          return done;
        },
      },
      LONG_LOCK,
    );
    await first.close(50);
    expect(await taken.promise).toBe(1);
  });

  test('a handler deaf to its signal does not hold the process', async () => {
    const { queue, startWorkers } = await rig();
    const begun = signal();
    const deaf = signal();
    const runs: number[] = [];
    const first = await startWorkers(
      {
        run: async () => {
          begun.send();
          await deaf.promise;
          return done;
        },
      },
      LONG_LOCK,
    );
    await queue.enqueueRun(1, 1);
    await begun.promise;
    await first.close(0);
    const taken = signal();
    await startWorkers(
      {
        run: async ({ runId }) => {
          runs.push(runId);
          taken.send();
          return done;
        },
      },
      LONG_LOCK,
    );
    await taken.promise;
    deaf.send();
    expect(runs).toEqual([1]);
  });

  test('what handlers throw is retried and given up, and leaves no value in the queue', async () => {
    const { openQueue, startWorkers, options } = await rig();
    const queue = openQueue({ retry: { run: { attempts: 2, baseMs: 1 } } });
    const logged: string[] = [];
    const log = listeningLog((line) => logged.push(line));
    const runs = tally();
    await startWorkers(
      {
        run: async () => {
          runs.add();
          throw new TypeError('duplicate key (login)=(zoe.exemple)');
        },
      },
      { log },
    );
    await queue.enqueueRun(1, 1);
    await runs.reached(2);
    await eventually(async () => expect((await queue.counts()).runs.failed).toBe(1));
    const stored = await dumpQueue(backend, options.namespace ?? '');
    expect(stored).toContain('unexpected: TypeError');
    expect(logged.join('\n')).toContain('TypeError');
    expect(stored + logged.join('\n')).not.toContain('zoe.exemple');
  });

  test('a job whose giving up could not be recorded is not failed before it is', async () => {
    const { queue, startWorkers } = await rig();
    const tries = tally();
    await queue.enqueueParts(1, 1, [1]);
    await startWorkers({
      fetch: async () => ({ outcome: 'giveUp', error: { kind: 'x', sentence: 'X.' } }),
      onGiveUp: async () => {
        tries.add();
        throw new Error('the database is away');
      },
    });
    await tries.reached(1);
    await eventually(async () => expect((await queue.counts()).fetch.delayed).toBe(1));
    expect(await queue.runJobsAlive(1, 1)).toBe(true);
  });

  test('a process holds few connections', async () => {
    const { queue, startWorkers } = await rig();
    const before = await countConnections(backend);
    const reconciled = signal();
    await startWorkers({
      reconcile: async () => {
        reconciled.send();
        return done;
      },
    });
    await queue.enqueueParts(1, 1, PARTS);
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) =>
        queue.upsertSchedule('sync_sites', String(3_600_000 + n), 'UTC'),
      ),
    );
    await reconciled.promise;
    const held = (await countConnections(backend)) - before;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(backend.kind === 'redis' ? 5 : 7);
  });

  test('ended jobs are trimmed', async () => {
    const { queue, startWorkers } = await rig();
    const runs = tally();
    await startWorkers({
      run: async () => {
        runs.add();
        return done;
      },
    });
    await Promise.all(Array.from({ length: 130 }, (_, index) => queue.enqueueRun(index + 1, 1)));
    await runs.reached(130);
    await eventually(async () => {
      const { waiting, active, completed } = (await queue.counts()).runs;
      expect([waiting, active]).toEqual([0, 0]);
      // Jobs that end at the same moment don't see each other on PostgreSQL.
      expect(completed).toBeLessThanOrEqual(100 + 4);
    });
  });

  test('a cancelled run leaves nothing waiting', async () => {
    const { queue, startWorkers } = await rig();
    await queue.enqueueRun(1, 1);
    await queue.enqueueParts(1, 1, PARTS);
    await queue.removeRun(1, 1);
    expect(await queue.runJobsAlive(1, 1)).toBe(false);
    const { fetch, runs } = await queue.counts();
    expect([fetch.waiting, runs.waiting, runs.waitingChildren]).toEqual([0, 0, 0]);

    const begun = signal();
    const hold = signal();
    const reconciled = signal();
    await queue.enqueueParts(2, 1, PARTS);
    await startWorkers(
      {
        fetch: async () => {
          begun.send();
          await hold.promise;
          return done;
        },
        reconcile: async () => {
          reconciled.send();
          return done;
        },
      },
      { fetchConcurrency: 1 },
    );
    await begun.promise;
    await queue.removeRun(2, 1);
    expect((await queue.counts()).fetch.waiting).toBe(0);
    hold.send();
    await reconciled.promise;
  });
});

const LONG_LOCK = { lockMs: 60_000, stalledMs: 60_000 };
