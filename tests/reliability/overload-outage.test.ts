import { TASK_NAMES } from '@passerelle/roster';
import { readSourceHealth, requestRun } from '@passerelle/sync';
import { afterEach, expect, test } from 'vitest';
import { eachBackend } from '../support/backends.js';
import { createCluster, quickOverload, type TestCluster } from '../support/cluster.js';
import { expectTruth } from '../support/truth.js';
import { eventually } from '../support/patience.js';

// A minute of overload control is 60 ms here: the rest begins with that, and doubles.

const PATIENT = { interval: 10 };
/** Pauses of half of 60, 120, 240, 480, 900 ms: fourteen scaled minutes at least. */
const PROBES = 5;
const MOST_CALLS = 30;

eachBackend('a total outage', (backend) => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());

  const reached = () => {
    const { calls, wsdlDownloads } = cluster.simulator.stats();
    return calls + wsdlDownloads;
  };
  const events = async (kind: string) => {
    const health = await readSourceHealth(cluster.context, { sinceMs: 600_000, events: 200 });
    return health.events.filter(({ event }) => event.kind === kind);
  };
  const untilWaiting = (runId: number) =>
    eventually(
      async () =>
        expect(await cluster.db.runs.getRun(runId)).toMatchObject({
          ...{ state: 'waiting', endedAt: null, counts: { suspended: 0 } },
          wait: { reason: 'source' },
        }),
      PATIENT,
    );
  const untilProbed = (times: number) =>
    eventually(
      async () => expect((await events('probe_failed')).length).toBeGreaterThanOrEqual(times),
      PATIENT,
    );
  const ask = async (task: (typeof TASK_NAMES)[number]) =>
    (await requestRun(cluster.context, { task, trigger: 'manual' })).run.id;

  test('in the middle of a run is waited out, visibly, with few probes', async () => {
    cluster = await createCluster(backend, {
      simulator: { centre: { today: '2026-11-20', learners: 90, sites: 10 } },
      random: () => 0.01,
    });
    await Promise.all([cluster.startWorker(), cluster.startWorker(await cluster.openContext())]);
    await cluster.runAll();
    cluster.simulator.control({ day: 2, latencyMs: 60, reset: true });
    for (const task of TASK_NAMES.filter((name) => name !== 'sync_students')) {
      if (task !== 'sync_tutors') await cluster.run(task);
    }
    const runId = await ask('sync_students');
    await eventually(async () => {
      const parts = await cluster.db.runs.listParts(runId);
      expect(parts.filter(({ state }) => state === 'done').length).toBeGreaterThan(1);
    }, PATIENT);
    cluster.simulator.control({ outage: [{ fromMs: 0, toMs: 3_600_000 }], startClocks: true });
    const before = reached();
    await untilWaiting(runId);
    await untilProbed(PROBES);
    expect(reached() - before).toBeLessThan(MOST_CALLS);

    cluster.simulator.control({ outage: [], latencyMs: 0 });
    expect(await cluster.untilEnded(runId)).toMatchObject({ state: 'succeeded', wait: null });
    expect(await cluster.run('sync_tutors')).toMatchObject({ state: 'succeeded' });
    await expectTruth(cluster.db, cluster.simulator);
    expect(await events('rest_ended')).toHaveLength(1);
  });

  test('before anything was ever read is waited out likewise', async () => {
    cluster = await createCluster(backend, { random: () => 0.01 });
    await cluster.startWorker();
    cluster.simulator.control({ outage: [{ fromMs: 0, toMs: 3_600_000 }], startClocks: true });
    const runId = await ask('update_caches');
    await untilWaiting(runId);
    await untilProbed(PROBES);
    expect(reached()).toBeLessThan(MOST_CALLS);

    cluster.simulator.control({ outage: [] });
    expect(await cluster.untilEnded(runId)).toMatchObject({ state: 'succeeded', wait: null });
  });

  test('that is announced (maintenance, Retry-After) is left alone until then', async () => {
    const quick = quickOverload();
    cluster = await createCluster(backend, {
      // What the server asks for is taken for so much, however long it is.
      overload: { ...quick, breaker: { ...quick.breaker, longestRetryAfterMs: 1_000 } },
      random: () => 0.01,
    });
    await cluster.startWorker();
    for (const task of ['update_caches', 'sync_sites'] as const) await cluster.run(task);
    cluster.simulator.control({
      ...{ maintenance: [{ fromMs: 0, toMs: 3_600_000 }], startClocks: true, reset: true },
    });
    const runId = await ask('sync_groups');
    await untilWaiting(runId);
    await untilProbed(1);
    const [begun] = await events('rest_begun');
    expect(begun?.event).toMatchObject({ asked: true, overload: 'http_503' });
    const [probed] = (await events('probe_failed')).toReversed();
    // Not one call before the time the server named.
    expect((probed?.at.getTime() ?? 0) - (begun?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(reached()).toBeLessThan(MOST_CALLS);

    cluster.simulator.control({ maintenance: [] });
    expect(await cluster.untilEnded(runId)).toMatchObject({ state: 'succeeded', wait: null });
  });
});
