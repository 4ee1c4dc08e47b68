import { requestRun } from '@passerelle/sync';
import { afterEach, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { eventually, untilTrue } from '../../support/patience.js';

const PATIENT = { interval: 20 };
const BASICS = ['update_caches', 'sync_sites', 'sync_groups'] as const;
const minutes = (count: number): number => count * 60_000;

eachBackend('hours in which the source is not to be read', (backend) => {
  let cluster: TestCluster;
  /** The end of the hours, while they last by the clock of the use cases. */
  let until: Date | null = null;
  afterEach(() => cluster.dispose());

  const open = async (learners = 40, sites = 2) => {
    until = null;
    cluster = await createCluster(backend, {
      simulator: { centre: { today: '2026-11-20', learners, sites } },
      blackoutEnd: (now) => (until !== null && now < until ? until : null),
      random: () => 0.01,
    });
  };
  const fromNow = (ms: number) => new Date(cluster.clock.now.getTime() + ms);
  const request = async (task: 'sync_students' | 'sync_sites') =>
    (await requestRun(cluster.context, { task, trigger: 'manual' })).run.id;
  const untilWaiting = (runId: number) =>
    eventually(
      async () =>
        expect(await cluster.db.runs.getRun(runId)).toMatchObject({
          ...{ state: 'waiting', endedAt: null },
          wait: { reason: 'calendar', until },
        }),
      PATIENT,
    );
  /** So many fetch jobs are put off. */
  const untilPutOff = (jobs: number) =>
    eventually(
      async () =>
        expect((await cluster.queue.counts()).fetch).toMatchObject({
          ...{ delayed: jobs, waiting: 0, active: 0 },
        }),
      PATIENT,
    );

  test('a run asked for within them waits, reads nothing, and goes on after them', async () => {
    await open();
    until = fromNow(400);
    await cluster.startWorker();
    const runId = await request('sync_sites');
    await untilWaiting(runId);
    await untilPutOff(1);
    expect(cluster.simulator.stats()).toMatchObject({ calls: 0, wsdlDownloads: 0 });

    cluster.clock.now = fromNow(1_000);
    expect(await cluster.untilEnded(runId)).toMatchObject({ state: 'succeeded', wait: null });
    expect(cluster.simulator.stats().calls).toBe(1);
  });

  test('a run that they overtake pauses at its next part', async () => {
    await open(60, 12);
    await cluster.startWorker();
    for (const task of BASICS) await cluster.run(task);
    cluster.simulator.control({ latencyMs: 150, reset: true });
    const runId = await request('sync_students');
    await untilTrue(() => cluster.simulator.stats().inFlight > 0, PATIENT);
    until = fromNow(minutes(10));
    await untilWaiting(runId);
    await eventually(async () => {
      const parts = await cluster.db.runs.listParts(runId);
      expect(parts.filter(({ state }) => state === 'running')).toEqual([]);
    }, PATIENT);
    const parts = await cluster.db.runs.listParts(runId);
    const done = parts.filter(({ state }) => state === 'done').length;
    // What was under way came to its end.
    expect(done).toBeGreaterThan(0);
    expect(done).toBe(cluster.simulator.stats().calls);
    await untilPutOff(parts.length - done);
    expect(done).toBeLessThan(parts.length);
  });

  test('parts that wait for a permit when they begin are not read', async () => {
    await open(60, 12);
    await cluster.startWorker();
    for (const task of BASICS) await cluster.run(task);
    cluster.simulator.control({ reset: true });
    await takeAllPermits(cluster);
    let inTheGate = 0;
    const { readPart } = cluster.context.source;
    cluster.context.source.readPart = (...asked) => {
      inTheGate += 1;
      return readPart(...asked);
    };
    const runId = await request('sync_students');
    await untilTrue(() => inTheGate === 4, PATIENT);
    until = fromNow(minutes(10));
    await untilWaiting(runId);
    const parts = await cluster.db.runs.listParts(runId);
    await untilPutOff(parts.length);
    await cluster.sql.query('UPDATE source_permits SET until = NULL');
    expect(cluster.simulator.stats().calls).toBe(0);
    // They are as they were: nothing was tried.
    const after = await cluster.db.runs.listParts(runId);
    expect(after.map(({ state, tries }) => [state, tries])).toEqual(
      after.map(() => ['pending', 0]),
    );
  });

  test('what they put off for minutes is not taken for put off by a wrong clock', async () => {
    await open();
    until = fromNow(minutes(4));
    await cluster.startWorker();
    const runId = await request('sync_sites');
    await untilWaiting(runId);
    await untilPutOff(1);
    // Taken up before its time it would go on: nothing stands against it any more.
    until = null;
    await cluster.startScheduler();
    await housekept(cluster, 2);
    // Whoever takes up a job of the same queue would find that one due.
    expect(await cluster.run('update_caches')).toMatchObject({ state: 'succeeded' });
    expect((await cluster.queue.counts()).fetch).toMatchObject({ delayed: 1, active: 0 });
    expect(await cluster.db.runs.getRun(runId)).toMatchObject({ state: 'waiting' });
    expect(cluster.simulator.stats().byOperation['getSites']).toBeUndefined();
  });

  test('two dates of a schedule within them give one run, after them', async () => {
    await open();
    // By the clock of the use cases, which stands still.
    until = fromNow(500);
    await cluster.startWorker();
    await cluster.startScheduler();
    const fallDue = () =>
      cluster.sql.query(`UPDATE task_definitions SET next_run_at = $1 WHERE name = 'sync_sites'`, [
        fromNow(-minutes(1)),
      ]);
    const runs = () => cluster.db.runs.listRuns({ task: 'sync_sites', limit: 10 });
    const untilTaken = () =>
      eventually(async () => {
        const task = await cluster.db.tasks.getTask('sync_sites');
        expect(task?.nextRunAt?.getTime()).toBeGreaterThan(cluster.clock.now.getTime());
      }, PATIENT);
    await fallDue();
    await untilTaken();
    const [{ id } = { id: 0 }] = await runs();
    await untilWaiting(id);
    await fallDue();
    await untilTaken();
    expect(await runs()).toHaveLength(1);

    until = null;
    expect(await cluster.untilEnded(id)).toMatchObject({
      ...{ state: 'succeeded', trigger: 'schedule' },
    });
    expect(await runs()).toHaveLength(1);
  });
});

/** As if calls of others were under way that nobody can wait for. */
async function takeAllPermits({ sql }: TestCluster): Promise<void> {
  await sql.query(`UPDATE source_permits SET until = now() + interval '1 hour'`);
}

/** Until housekeeping has come round so often. */
async function housekept({ context }: TestCluster, times: number): Promise<void> {
  let passes = 0;
  const { recallPutOff } = context.queue;
  context.queue.recallPutOff = async () => {
    await recallPutOff();
    passes += 1;
  };
  await untilTrue(() => passes >= times, PATIENT);
}
