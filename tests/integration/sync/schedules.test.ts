import { TASK_NAMES } from '@passerelle/roster';
import { changeTask, fireSchedule } from '@passerelle/sync';
import { afterEach, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { eventually, untilTrue } from '../../support/patience.js';

eachBackend('schedules', (backend) => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());

  const queued = async () =>
    (await cluster.queue.listSchedules()).toSorted((a, b) => (a.task < b.task ? -1 : 1));
  const untilQueued = (count: number) => untilTrue(async () => (await queued()).length === count);
  const due = async (task: 'sync_sites' | 'sync_groups', at: Date) => {
    await cluster.sql.query('UPDATE task_definitions SET next_run_at = $2 WHERE name = $1', [
      task,
      at,
    ]);
  };
  const minutesAgo = (minutes: number) => new Date(cluster.clock.now.getTime() - minutes * 60_000);
  const runsOf = (task: 'sync_sites' | 'sync_groups') =>
    cluster.db.runs.listRuns({ task, limit: 50 });

  test('one per enabled task; edits, disabling and reset take effect at once', async () => {
    cluster = await createCluster(backend);
    await cluster.startScheduler();
    expect((await queued()).map(({ task }) => task)).toEqual([...TASK_NAMES].toSorted());
    expect((await queued()).find(({ task }) => task === 'sync_students')).toMatchObject({
      pattern: '30 2 * * *',
      tz: 'Europe/Paris',
    });

    const elsewhere = await cluster.openContext();
    const edited = await changeTask(elsewhere, 'sync_students', {
      kind: 'set',
      fields: { hour: '2,13', minute: '5' },
    });
    expect(edited).toMatchObject({ ok: true, task: { customised: true } });
    expect((await queued()).find(({ task }) => task === 'sync_students')?.pattern).toBe(
      '5 2,13 * * *',
    );
    await changeTask(elsewhere, 'sync_sites', { kind: 'disable' });
    expect((await queued()).map(({ task }) => task)).not.toContain('sync_sites');
    await changeTask(elsewhere, 'sync_students', { kind: 'reset' });
    await changeTask(elsewhere, 'sync_sites', { kind: 'enable' });
    expect(await queued()).toHaveLength(7);
    expect((await queued()).find(({ task }) => task === 'sync_students')?.pattern).toBe(
      '30 2 * * *',
    );
  });

  test('a refused edit changes nothing and says why', async () => {
    cluster = await createCluster(backend);
    const outcome = await changeTask(cluster.context, 'sync_students', {
      kind: 'set',
      fields: { minute: '20-10' },
    });
    expect(outcome).toMatchObject({ ok: false, problems: [{ field: 'minute' }] });
    expect(await cluster.db.tasks.getTask('sync_students')).toMatchObject({
      minute: '30',
      customised: false,
    });
  });

  test('R becomes a fixed number when saved', async () => {
    cluster = await createCluster(backend);
    await changeTask(cluster.context, 'sync_sites', { kind: 'set', fields: { minute: 'R' } });
    expect(await cluster.db.tasks.getTask('sync_sites')).toMatchObject({ minute: '30' });
  });

  test('edits survive a restart and a lost queue', async () => {
    cluster = await createCluster(backend);
    const first = await cluster.startScheduler();
    await changeTask(cluster.context, 'sync_sites', { kind: 'disable' });
    await changeTask(cluster.context, 'sync_tutors', { kind: 'set', fields: { minute: '7' } });
    await first.stop();
    for (const { task } of await queued()) await cluster.queue.removeSchedule(task);

    await cluster.startScheduler();
    await untilQueued(6);
    for (const { task } of await queued()) await cluster.queue.removeSchedule(task);
    await untilQueued(6);
    expect((await queued()).find(({ task }) => task === 'sync_tutors')?.pattern).toBe('7 3 * * *');
  });

  test('a date gives one run, whoever notices it', async () => {
    cluster = await createCluster(backend);
    await cluster.startWorker();
    const date = minutesAgo(0);
    await due('sync_sites', date);
    const contexts = await Promise.all([1, 2, 3].map(() => cluster.openContext()));
    const fired = await Promise.all(
      [...contexts, ...contexts].map((context) => fireSchedule(context, 'sync_sites')),
    );
    expect(fired.filter((outcome) => outcome !== null)).toHaveLength(1);
    expect(await runsOf('sync_sites')).toHaveLength(1);
    const task = await cluster.db.tasks.getTask('sync_sites');
    expect(task?.nextRunAt?.toISOString()).toBe('2026-11-21T00:45:00.000Z');
  });

  test('missed dates collapse into one late run, also with several schedulers', async () => {
    cluster = await createCluster(backend);
    await cluster.startWorker();
    await due('sync_sites', minutesAgo(3 * 24 * 60));
    await Promise.all([1, 2, 3, 4].map(() => cluster.startScheduler()));
    const [run] = await untilTrue(async () => {
      const runs = await runsOf('sync_sites');
      return runs.length > 0 ? runs : undefined;
    });
    expect(await cluster.untilEnded(run?.id ?? 0)).toMatchObject({
      state: 'succeeded',
      trigger: 'schedule',
    });
    expect(await runsOf('sync_sites')).toHaveLength(1);
  });

  test('a disabled task is not run by its date', async () => {
    cluster = await createCluster(backend);
    await changeTask(cluster.context, 'sync_sites', { kind: 'disable' });
    await cluster.sql.query(
      `UPDATE task_definitions SET next_run_at = $1 WHERE name = 'sync_sites'`,
      [minutesAgo(1)],
    );
    expect(await fireSchedule(cluster.context, 'sync_sites')).toBeNull();
  });

  test('a failed task is tried again when its delay has passed, once', async () => {
    cluster = await createCluster(backend);
    await cluster.startWorker();
    expect((await cluster.run('sync_groups')).state).toBe('failed');
    // What a run means for its task is written just after the run's end.
    await eventually(async () => {
      const task = await cluster.db.tasks.getTask('sync_groups');
      expect(task).toMatchObject({ failDelaySeconds: 60 });
    });
    await cluster.startScheduler();
    await cluster.startScheduler();
    cluster.clock.now = new Date(cluster.clock.now.getTime() + 61_000);
    await untilTrue(
      async () =>
        (await cluster.db.tasks.getTask('sync_groups'))?.failDelaySeconds === 120 &&
        (await runsOf('sync_groups')).length === 2,
    );
  });

  test('a run that lost its job is given one again', async () => {
    cluster = await createCluster(backend);
    const { runs } = cluster.context;
    const { run } = await runs.requestRun(
      { task: 'sync_sites', trigger: 'manual' },
      cluster.clock.now,
    );
    await cluster.startWorker();
    await cluster.startScheduler();
    expect(await cluster.untilEnded(run.id)).toMatchObject({ state: 'succeeded' });
  });
});
