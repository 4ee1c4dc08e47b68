import { parseFault } from '@passerelle/simulator';
import { cancelRun, readSourceHealth, requestRun, retryRun } from '@passerelle/sync';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { expectTruth } from '../../support/truth.js';
import { eventually, untilTrue } from '../../support/patience.js';

const faults = (...texts: string[]) => texts.map(parseFault);

eachBackend('a run', (backend) => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());

  test('is joined while it waits, and answered for while it goes', async () => {
    cluster = await createCluster(backend);
    const { context } = cluster;
    const first = await requestRun(context, { task: 'sync_sites', trigger: 'manual' });
    const second = await requestRun(context, { task: 'sync_sites', trigger: 'schedule' });
    expect(first.outcome).toBe('created');
    expect(second).toMatchObject({ outcome: 'joined', run: { id: first.run.id } });
    await context.runs.startRun(first.run.id, [], context.now());
    const third = await requestRun(context, { task: 'sync_sites', trigger: 'manual' });
    expect(third).toMatchObject({ outcome: 'busy', run: { id: first.run.id, state: 'running' } });
  });

  test('without what it depends on fails with a sentence that says what to run', async () => {
    cluster = await createCluster(backend);
    await cluster.startWorker();
    const run = await cluster.run('sync_students');
    expect(run).toMatchObject({ state: 'failed', errorKind: 'no_plan' });
    expect(run.error).toContain('update_caches');
  });

  test('whose parts fail now and then is made whole by retries', async () => {
    cluster = await createCluster(backend, { attempts: 8 });
    await cluster.startWorker();
    cluster.simulator.control({ faults: faults('http502:0.2', 'truncate:0.1', 'reset:0.1') });
    const runs = await cluster.runAll();
    expect(runs.map(({ state, error }) => error ?? state)).toEqual(Array(7).fill('succeeded'));
    await expectTruth(cluster.db, cluster.simulator);
  });

  test('sets bad records aside and tells of each, without its values', async () => {
    cluster = await createCluster(backend, {
      simulator: { centre: { today: '2026-11-20', learners: 60, badRecords: 2 } },
    });
    await cluster.startWorker();
    const run = (await cluster.runAll()).find(({ task }) => task === 'sync_students');
    expect(run).toMatchObject({ state: 'succeeded', counts: { rejected: 2 } });
    const rejections = await cluster.db.runs.listRejections(run?.id ?? 0, 10);
    expect(new Set(rejections.map(({ code }) => code)).size).toBe(2);
    for (const rejection of rejections) {
      expect(rejection).toMatchObject({ reading: 'students', reason: 'missing_field' });
    }
    await expectTruth(cluster.db, cluster.simulator);
  });

  test('limited to a site leaves the others alone, and suspends nobody', async () => {
    cluster = await createCluster(backend, {
      simulator: { centre: { today: '2026-11-20', learners: 120, sites: 3 } },
    });
    await cluster.startWorker();
    await cluster.runAll();
    cluster.simulator.control({ day: 30 });
    const sites = await cluster.context.registry.planningData();
    const run = await cluster.run('sync_students', sites.siteCodes[0]);
    expect(run).toMatchObject({ state: 'succeeded', counts: { suspended: 0 } });
    expect(run.links.removed).toBe(0);
    const parts = await cluster.db.runs.listParts(run.id);
    expect(new Set(parts.map(({ siteCode }) => siteCode))).toEqual(new Set([sites.siteCodes[0]]));
  });

  test('is cancelled within seconds, from another process, and can be made again', async () => {
    cluster = await createCluster(backend);
    await cluster.startWorker();
    for (const task of ['update_caches', 'sync_sites', 'sync_groups'] as const) {
      await cluster.run(task);
    }
    cluster.simulator.control({ latencyMs: 15_000 });
    const { run } = await requestRun(cluster.context, { task: 'sync_students', trigger: 'manual' });
    await untilTrue(() => cluster.simulator.stats().inFlight > 0);

    const elsewhere = await cluster.openContext();
    expect(await cancelRun(elsewhere, run.id)).toMatchObject({ state: 'cancelled' });
    // The worker lets go, though the source would go on for a long time.
    await untilTrue(async () => (await cluster.queue.counts()).fetch.active === 0);
    expect(await cancelRun(elsewhere, run.id)).toBeNull();
    expect(await cluster.db.users.summary()).toMatchObject({ users: { student: 0 } });

    cluster.simulator.control({ latencyMs: 0 });
    const again = await retryRun(elsewhere, run.id);
    expect(again).toMatchObject({
      outcome: 'created',
      run: { trigger: 'retry', retryOfId: run.id },
    });
    const ended = await cluster.untilEnded(again.run?.id ?? 0);
    expect(ended.state).toBe('succeeded');
    expect((await retryRun(elsewhere, ended.id)).outcome).toBe('not_retryable');
  });
});

eachBackend('a source that only fails', (backend) => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await createCluster(backend, { attempts: 2 });
    await cluster.startWorker();
    await cluster.runAll();
  });
  afterAll(() => cluster.dispose());

  /** What a run means for its task is written just after the run's end. */
  const untilTask = (expected: object) =>
    eventually(async () => {
      expect(await cluster.db.tasks.getTask('sync_students')).toMatchObject(expected);
    });

  // How the source fails is no matter of the queue.
  const isFirst = backend.kind === 'postgres';
  test.each(isFirst ? ['http502', 'empty200', 'truncate', 'html200', 'reset'] : ['http502'])(
    'with %s lets the run wait, visibly, and go on by itself',
    async (kind) => {
      cluster.simulator.control({ faults: faults(`${kind}:1`) });
      const asked = await requestRun(cluster.context, { task: 'sync_students', trigger: 'manual' });
      const runNow = () => cluster.db.runs.getRun(asked.run.id);
      await eventually(async () =>
        expect(await runNow()).toMatchObject({ state: 'waiting', wait: { reason: 'source' } }),
      );
      expect(await runNow()).toMatchObject({ endedAt: null, counts: { suspended: 0 } });

      cluster.simulator.control({ faults: [] });
      expect(await cluster.untilEnded(asked.run.id)).toMatchObject({
        ...{ state: 'succeeded', wait: null },
      });
      await expectTruth(cluster.db, cluster.simulator);
      const { events } = await readSourceHealth(cluster.context, { sinceMs: 60_000, events: 50 });
      const kinds = events.map(({ event }) => event.kind);
      expect(kinds).toEqual(expect.arrayContaining(['rest_begun', 'rest_ended']));
    },
  );

  test.each(isFirst ? ['fault', 'malformed'] : ['fault'])(
    'with %s lets the run fail, suspends nobody, and is asked again later',
    async (kind) => {
      cluster.simulator.control({ faults: faults(`${kind}:1`) });

      const run = await cluster.run('sync_students');
      expect(run).toMatchObject({ state: 'failed', counts: { suspended: 0 } });
      expect(run.error).not.toBe('');
      await untilTask({
        failDelaySeconds: 60,
        retryAt: new Date(cluster.clock.now.getTime() + 60_000),
      });

      cluster.simulator.control({ faults: [] });
      expect(await cluster.run('sync_students')).toMatchObject({ state: 'succeeded' });
      await expectTruth(cluster.db, cluster.simulator);
      await untilTask({ failDelaySeconds: 0, retryAt: null });
    },
  );
});
