import {
  createJobQueue,
  createJobWorkers,
  jobHandler,
  migrateQueue,
  QueueError,
} from '@passerelle/queue';
import { expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { endProcess, freePort, startServer } from '../../support/spawned.js';
import { cutConnections, loseQueue } from './inspect.js';
import { done, handlersFor, type Rig, signal, silent, tally, useRig } from './rig.js';

eachBackend('outages', (backend) => {
  const rig = useRig(backend);

  test('a job whose workers are killed one after the other is rescued', async () => {
    const { queue, options, startWorkers } = await rig({ lockMs: 1_000 });
    await queue.enqueueRun(1, 1);
    await queue.enqueueParts(2, 1, [1]);
    for (let kill = 0; kill < 2; kill++) await killAtWork(options);
    const runs = signal<number>();
    const parts = signal();
    await startWorkers({
      run: async (_payload, { attempt }) => {
        runs.send(attempt);
        return done;
      },
      fetch: async () => {
        parts.send();
        return done;
      },
    });
    expect(await runs.promise).toBe(1);
    await parts.promise;
  });

  test('a job that kills every worker is given up in the end', async () => {
    const { queue, options, startWorkers } = await rig({ lockMs: 1_000 });
    await queue.enqueueParts(1, 1, [1]);
    await killAtWork(options);
    const gaveUp = signal<string>();
    const reconciled = signal();
    await startWorkers(
      {
        onGiveUp: async (_payload, { kind }) => gaveUp.send(kind),
        reconcile: async () => {
          reconciled.send();
          return done;
        },
      },
      { maxStarts: 1 },
    );
    expect(await gaveUp.promise).toBe('interrupted');
    await reconciled.promise;
  });

  test('a producer fails fast when its server is away, and works when it is back', async () => {
    const { options } = await rig();
    const port = await freePort();
    const nowhere = { kind: backend.kind, url: `${backend.kind}://127.0.0.1:${port}/0` };
    const lost = createJobQueue({ ...options, backend: nowhere, timeoutMs: 500 });
    const error = await lost.ping().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QueueError);
    expect(String(error)).toMatch(/REDIS_URL|DATABASE_URL/);
    await lost.close();

    const queue = createJobQueue({ ...options, timeoutMs: 2_000 });
    await queue.ping();
    await backend.restart();
    await expect
      .poll(() =>
        queue.ping().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await queue.close();
  });

  test('workers go on after their server was away', async () => {
    const { openQueue, startWorkers } = await rig();
    const runs = tally();
    await startWorkers({
      run: async () => {
        runs.add();
        return done;
      },
    });
    const queue = openQueue({ retry: {} });
    await queue.enqueueRun(1, 1);
    await runs.reached(1);
    await backend.restart();
    await expect
      .poll(() =>
        queue.enqueueRun(2, 1).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await runs.reached(2);
  });

  test('a job whose queue was lost is told to leave off, and is not given up', async () => {
    const { queue, options, startWorkers } = await rig();
    const begun = signal();
    const aborted = signal();
    let gaveUp = false;
    await queue.enqueueParts(1, 1, [1]);
    await startWorkers({
      fetch: async (_payload, { signal: stop }) => {
        const left = new Promise((resolve) => stop.addEventListener('abort', resolve));
        begun.send();
        await left;
        aborted.send();
        return { outcome: 'giveUp', error: { kind: 'x', sentence: 'X.' } };
      },
      onGiveUp: async () => {
        gaveUp = true;
      },
    });
    await begun.promise;
    await loseQueue(backend, options.namespace ?? '');
    await migrateQueue(options);
    await aborted.promise;
    await queue.enqueueRun(2, 1);
    await expect.poll(() => queue.runJobsAlive(2, 1)).toBe(false);
    expect(gaveUp).toBe(false);
  });

  test('connections that are cut in the midst of work end nothing', async () => {
    const { queue, startWorkers } = await rig();
    const parts = tally();
    await queue.enqueueParts(1, 1, [1, 2, 3, 4]);
    await startWorkers({
      fetch: async () => {
        parts.add();
        return done;
      },
    });
    for (let round = 1; round <= 5; round++) {
      const upsert = queue.upsertSchedule('sync_sites', String(3_600_000 + round), 'UTC');
      await Promise.all([cutConnections(backend), upsert.catch(() => undefined)]);
    }
    await parts.reached(4);
    await expect
      .poll(() =>
        queue.listSchedules().then(
          (all) => all.length,
          () => 0,
        ),
      )
      .toBeLessThanOrEqual(1);
    await expect.poll(() => queue.runJobsAlive(1, 1).catch(() => true)).toBe(false);
  });

  if (backend.kind === 'postgres')
    test('a job that ends while the server is away is not done again', async () => {
      const { openQueue, startWorkers } = await rig();
      const queue = openQueue({ timeoutMs: 1_000 });
      const isUp = () =>
        queue.ping().then(
          () => true,
          () => false,
        );
      const runs = tally();
      await queue.enqueueRun(1, 1);
      await startWorkers(
        {
          run: async () => {
            runs.add();
            void backend.restart();
            await expect.poll(isUp, { interval: 5 }).toBe(false);
            return done;
          },
        },
        { lockMs: 10_000 },
      );
      await expect.poll(isUp).toBe(true);
      await expect
        .poll(() =>
          queue.counts().then(
            ({ runs: { completed } }) => completed,
            () => 0,
          ),
        )
        .toBe(1);
      expect(runs.count()).toBe(1);
    });

  test('workers wait for a server that is not there yet, and can be closed meanwhile', async () => {
    const { options } = await rig();
    const port = await freePort();
    const nowhere = { kind: backend.kind, url: `${backend.kind}://127.0.0.1:${port}/0` };
    const workers = createJobWorkers({ ...options, backend: nowhere }, handlersFor({}));
    const started = workers.start();
    await workers.close(0);
    await expect(started).resolves.toBeUndefined();
  });
});

test('every job needs exactly one handler', () => {
  const options = {
    backend: { kind: 'redis' as const, url: 'redis://127.0.0.1:1' },
    nextRun: () => null,
    log: silent,
  };
  const all = handlersFor({});
  const twice = [...all, jobHandler('run', { handle: async () => done })];
  expect(() => createJobWorkers(options, all.slice(1))).toThrow(/tick has none/);
  expect(() => createJobWorkers(options, twice)).toThrow(/run has two/);
  const unknown = Object.assign(jobHandler('run', { handle: async () => done }), { name: 'runn' });
  expect(() => createJobWorkers(options, [...all, unknown])).toThrow(/runn is not a job/);
});

/** Lets another process take what there is, and kills it in the midst of it. */
async function killAtWork(options: Rig['options']): Promise<void> {
  const { backend, namespace, lockMs, stalledMs } = options;
  const script = new URL('worker-that-hangs.mjs', import.meta.url).pathname;
  const settings = JSON.stringify({ backend, namespace, lockMs, stalledMs });
  const worker = await startServer(
    process.execPath,
    [script, settings],
    (output) => output.includes('begun'),
    { stdio: 'pipe' },
  );
  await endProcess(worker, 'SIGKILL');
}
