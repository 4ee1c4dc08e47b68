import { setTimeout as delay } from 'node:timers/promises';
import { TASK_NAMES } from '@passerelle/roster';
import { changeTask, createHousekeeping, nextDate } from '@passerelle/sync';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { eachBackend } from '../support/backends.js';
import { createCluster, type TestCluster } from '../support/cluster.js';
import { endProcess } from '../support/spawned.js';
import { amount, IS_FULL } from './support/amount.js';
import { expectWhole } from './support/expect-whole.js';
import { createOffClock, type OffClock } from './support/off-clock.js';
import { createRig, QUEUE_KINDS, type Rig } from './support/rig.js';
import { eventually, untilTrue } from '../support/patience.js';

const HOUR_MS = 3_600_000;
const KINDS = QUEUE_KINDS.slice(0, amount({ sample: 1, full: 2 }));

describe.each(KINDS)('a clock that is not the database’s, the queue on %s', (kind) => {
  let rig: Rig;
  const clocks: OffClock[] = [];
  afterEach(async () => {
    await rig.dispose();
    for (const clock of clocks.splice(0)) await clock.remove();
  });
  const offClock = async (aheadMs = 0): Promise<OffClock> => {
    const clock = await createOffClock(aheadMs);
    clocks.push(clock);
    return clock;
  };

  test('moves no date and runs none early, be it of one scheduler or of two among four', async () => {
    rig = await createRig(kind);
    const [ahead, behind] = await Promise.all([offClock(HOUR_MS), offClock(-HOUR_MS)]);
    // In half an hour by the database's clock; half an hour ago by one of theirs.
    const date = await scheduleIn(rig, 30);
    const [off] = await Promise.all([
      ...[ahead.start(rig, 'scheduler'), behind.start(rig, 'scheduler')],
      ...[rig.start('scheduler'), rig.start('scheduler'), rig.start('worker')],
    ]);
    const dates = new Set<string>();
    for (let looks = 0; looks < 30; looks++) {
      dates.add((await dateOf(rig))?.toISOString() ?? 'none');
      await delay(100);
    }
    expect([...dates]).toEqual([date.toISOString()]);
    expect(await rig.db.runs.listRuns({ limit: 5 })).toEqual([]);

    await rig.sql.query(
      `UPDATE task_definitions SET next_run_at = now() - interval '1 minute' WHERE name = 'sync_sites'`,
    );
    await eventually(async () => expect(await rig.db.runs.listRuns({ limit: 5 })).toHaveLength(1));
    await delay(1_500);
    expect(await rig.db.runs.listRuns({ limit: 5 })).toHaveLength(1);
    expect(await dateOf(rig)).toEqual(date);

    expect(await ahead.run(rig, 'doctor')).toMatch(/clock .* 1 h 0 min ahead of the database/);
    if (off !== undefined) await endProcess(off.child, 'SIGTERM');
    expect((await off?.ended)?.stderr).toContain('1 h 0 min ahead of the database');
  });

  test('costs no run, nor the times of one, when it is a worker’s', async () => {
    // Long enough for a busy machine: what is lost here is lost by the clock.
    const settings = { PASSERELLE_LOCK_MS: '5000' };
    rig = await createRig(kind, { simulator: { latencyMs: 60 }, sites: 6, settings });
    const [ahead, behind] = await Promise.all([offClock(HOUR_MS), offClock(-HOUR_MS)]);
    const began = Date.now();
    const [first] = await Promise.all([
      ...[ahead.start(rig, 'worker'), behind.start(rig, 'worker')],
      ...[rig.start('worker'), rig.start('scheduler')],
    ]);
    const runs = await rig.runAll();
    for (const { startedAt, endedAt } of runs) {
      expect(startedAt?.getTime()).toBeGreaterThan(began - 1_000);
      expect(endedAt?.getTime()).toBeLessThan(Date.now() + 1_000);
    }
    await expectWhole(rig, runs);
    // Jobs were nobody's but their worker's.
    const { rows } = await rig.sql.query('SELECT max(attempt) AS attempts FROM sync_run_parts');
    expect(rows).toEqual([{ attempts: 1 }]);

    rig.simulator.control({ day: 1 });
    const { id } = await rig.request('sync_students');
    await untilReading(rig, id);
    if (first !== undefined) await rig.kill(first);
    await rig.untilEnded(id);
  });

  // The sample has each half of it: a rescue by clocks that are off, and jumps of the database's own.
  const inFull = IS_FULL ? test : () => undefined;
  inFull('that jumps an hour and back delays no rescue', async () => {
    rig = await createRig(kind, { simulator: { latencyMs: 60 }, sites: 6 });
    const clock = await offClock();
    await clock.start(rig, 'scheduler');
    const worker = await clock.start(rig, 'worker');
    const runs = await rig.runAll();
    rig.simulator.control({ day: 1 });
    for (const task of ['sync_sites', 'sync_groups', 'sync_pdgroups'] as const) {
      await clock.set(HOUR_MS);
      runs.push(await rig.run(task));
      await delay(1_200);
      await clock.set(0);
    }
    const { id } = await rig.request('sync_students');
    await untilReading(rig, id);
    await rig.kill(worker);
    await clock.start(rig, 'worker');
    runs.push(await rig.untilEnded(id));
    for (const task of ['sync_teachers', 'sync_tutors'] as const) runs.push(await rig.run(task));
    await expectWhole(rig, runs.slice(-6));
  });

  test('that was the queue server’s own, and was set back, puts no run off', async () => {
    rig = await createRig(kind, { simulator: { latencyMs: 60 }, sites: 6 });
    const { id } = await rig.request('update_caches');
    await putOff(rig, id);
    const [worker] = await Promise.all([rig.start('worker'), rig.start('scheduler')]);
    await rig.untilEnded(id);
    for (const task of TASK_NAMES.slice(1, 4)) await rig.run(task);
    const { id: struck } = await rig.request('sync_students');
    await untilReading(rig, struck);
    await rig.kill(worker);
    await rig.start('worker');
    expect(await rig.untilEnded(struck)).toMatchObject({ state: 'succeeded' });
  });
});

/** Puts the one job of a run off, as if it had been delayed while the clock was an hour ahead. */
async function putOff({ sql, redis }: Rig, runId: number): Promise<void> {
  const later = Date.now() + HOUR_MS;
  if (redis === undefined) {
    await sql.query(
      `UPDATE passerelle.job SET state = 'delayed', delay_ms = 1000, process_at_ms = $2
        WHERE queue = 'runs' AND id LIKE 'run-' || $1 || '-%'`,
      [runId, later],
    );
    await sql.query(
      `INSERT INTO passerelle.meta (queue, field, value) VALUES ('fetch', 'stalled-check', $1)`,
      [later],
    );
    return;
  }
  const client = new Redis(redis.url);
  const id = (await client.rpop('passerelle:runs:wait')) ?? '';
  await client.hset(`passerelle:runs:${id}`, 'delay', 1_000);
  await client.zadd('passerelle:runs:delayed', later * 0x1000, id);
  await client.quit();
}

/** Enables a task whose next date is so many minutes from now, and its next but one an hour later. */
async function scheduleIn(rig: Rig, minutes: number): Promise<Date> {
  const minute = new Date(Date.now() + minutes * 60_000).getMinutes();
  const fields = { minute: String(minute), hour: '*', day: '*', month: '*', weekday: '*' };
  const nextRunAt = nextDate(fields, new Date(), 'Europe/Paris');
  if (nextRunAt === null) throw new Error('Such a date always comes.');
  const change = { fields, disabled: false, customised: true, nextRunAt };
  await rig.db.tasks.saveTask('sync_sites', change, new Date());
  return nextRunAt;
}

async function dateOf(rig: Rig): Promise<Date | null> {
  return (await rig.db.tasks.getTask('sync_sites'))?.nextRunAt ?? null;
}

eachBackend('the database’s own clock set', (backend) => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());
  const MINUTE_MS = 60_000;

  /** Lives through minutes, in each of which the schedulers go their round; how many runs each made. */
  const live = async (minutes: number): Promise<number[]> => {
    const keepHouse = createHousekeeping(cluster.context);
    const made: number[] = [];
    for (let minute = 0; minute < minutes; minute++) {
      cluster.clock.now = new Date(cluster.clock.now.getTime() + MINUTE_MS);
      await keepHouse();
      const { rowCount } = await cluster.sql.query(
        `UPDATE sync_runs SET state = 'succeeded', ended_at = now() WHERE state = 'queued'`,
      );
      made.push(rowCount ?? 0);
    }
    return made;
  };
  const jump = (ms: number): void => {
    cluster.clock.now = new Date(cluster.clock.now.getTime() + ms);
  };
  const scheduleEvery = async (minutes: string): Promise<void> => {
    for (const task of TASK_NAMES.slice(1)) {
      await changeTask(cluster.context, task, { kind: 'disable' });
    }
    const fields = { minute: minutes, hour: '*' };
    await changeTask(cluster.context, 'update_caches', { kind: 'set', fields });
  };
  const datesRun = async (): Promise<string[]> => {
    const { rows } = await cluster.sql.query<{ at: string }>(
      `SELECT to_char(due_at AT TIME ZONE 'Europe/Paris', 'HH24:MI') AS at FROM sync_runs ORDER BY due_at`,
    );
    return rows.map(({ at }) => at);
  };

  test('ahead by an hour and back runs no date twice, and loses none', async () => {
    cluster = await createCluster(backend);
    await scheduleEvery('*/10');
    await live(4);
    jump(HOUR_MS);
    await live(8);
    jump(-HOUR_MS);
    const made = await live(81);
    // From 12:12 to 13:33: every ten minutes, but 13:10, which ran when it was thought to be.
    const expected = ['12:10', '12:20', '12:30', '12:40', '12:50', '13:00', '13:10', '13:20'];
    expect(await datesRun()).toEqual([...expected, '13:30']);
    expect(longestPause(made)).toBeLessThanOrEqual(20);
  });

  test('behind by an hour and right again runs no date twice, and loses none', async () => {
    cluster = await createCluster(backend);
    await scheduleEvery('*/10');
    await live(62);
    jump(-HOUR_MS);
    await live(5);
    jump(HOUR_MS);
    await live(25);
    const hours = [12, 13].flatMap((hour) => ['00', 10, 20, 30, 40, 50].map((m) => `${hour}:${m}`));
    expect(await datesRun()).toEqual(hours.slice(1, 10));
  });

  test('ahead by an hour and back makes a failed task wait no longer than its delay', async () => {
    cluster = await createCluster(backend);
    await scheduleEvery('45');
    const retryAt = new Date(cluster.clock.now.getTime() + HOUR_MS + MINUTE_MS);
    await cluster.db.tasks.recordFailure('update_caches', 60, retryAt);
    expect((await live(2)).reduce((sum, count) => sum + count)).toBe(1);
  });
});

/** Until a part of the run is being read: then its worker is struck in the middle of it. */
async function untilReading(rig: Rig, runId: number): Promise<void> {
  await untilTrue(
    async () => (await rig.db.runs.listParts(runId)).some(({ state }) => state === 'running'),
    { interval: 10 },
  );
}

/** Minutes without a run, at most. */
function longestPause(runsByMinute: readonly number[]): number {
  const lengths = runsByMinute
    .map((count) => (count > 0 ? '|' : '.'))
    .join('')
    .split('|');
  return Math.max(...lengths.map(({ length }) => length));
}
