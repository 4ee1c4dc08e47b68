import { setTimeout as delay } from 'node:timers/promises';
import { TASK_NAMES, type TaskName } from '@passerelle/roster';
import { afterEach, describe, expect, test } from 'vitest';
import { endProcess } from '../support/spawned.js';
import { amount } from './support/amount.js';
import { expectWhole } from './support/expect-whole.js';
import { createRig, QUEUE_KINDS, type Rig } from './support/rig.js';
import { untilTrue } from '../support/patience.js';

const KINDS = QUEUE_KINDS.slice(0, amount({ sample: 1, full: 2 }));

describe.each(KINDS)('a cluster, the queue on %s', (kind) => {
  let rig: Rig;
  afterEach(() => rig.dispose());

  test('with four schedulers runs a date once, also when two of them are killed', async () => {
    rig = await createRig(kind);
    const schedulers = await Promise.all([
      ...[rig.start('scheduler'), rig.start('scheduler')],
      ...[rig.start('scheduler'), rig.start('scheduler'), rig.start('worker')],
    ]);
    await fallDue(rig, ['update_caches', 'sync_sites']);
    await untilRun(rig, ['update_caches', 'sync_sites'], 1);
    const schedules = await rig.queue.listSchedules();
    expect(schedules.map(({ task }) => task).toSorted()).toEqual(['sync_sites', 'update_caches']);

    await Promise.all(schedulers.slice(0, 2).map((scheduler) => rig.kill(scheduler)));
    await fallDue(rig, TASK_NAMES);
    const runs = await untilRun(rig, TASK_NAMES, 1, new Date());
    await expectWhole(rig, runs);
    expect(await rig.queue.listSchedules()).toHaveLength(TASK_NAMES.length);
  });

  test('beside another on the same database complains, and does no damage', async () => {
    rig = await createRig(kind, { sites: 3, learners: 60, simulator: { latencyMs: 50 } });
    const { run, set, start } = rig.room;
    const own = await Promise.all([rig.start('scheduler'), rig.start('worker')]);
    set({ PASSERELLE_QUEUE_PREFIX: 'other' });
    expect(await run('migrate')).toMatchObject({ code: 0 });
    const stranger = await start(['scheduler'], 'Running:');
    rig.processes.push(stranger);
    rig.processes.push(await start(['worker'], 'Running:'));

    await expectWhole(rig, await rig.runAll());
    rig.simulator.control({ day: 1 });
    const since = new Date();
    await fallDue(rig, TASK_NAMES);
    await untilRun(rig, TASK_NAMES, 1, since);
    await expectWhole(rig, await rig.db.runs.listRuns({ limit: 50 }));

    const { stdout } = await run('doctor');
    expect(stdout).toContain('Two clusters work on this database');
    expect(stdout).toContain('PASSERELLE_QUEUE_PREFIX');
    await endProcess(stranger.child, 'SIGTERM');
    expect((await stranger.ended).stderr).toContain('Two clusters work on this database');
    // Those that were there first hear of it with a heartbeat.
    await Promise.all(own.map(({ child }) => endProcess(child, 'SIGTERM')));
    for (const { ended } of own) expect((await ended).stderr).toContain('Two clusters');
  });
});

/** Makes tasks due, as if their dates had come a minute ago; enabled until then or not. */
async function fallDue({ sql }: Rig, tasks: readonly TaskName[]): Promise<void> {
  await sql.query(
    `UPDATE task_definitions
        SET disabled = false, next_run_at = now() - interval '1 minute' WHERE name = ANY($1)`,
    [tasks],
  );
}

/** Waits until the tasks have run, and a little more: for runs that should not be. */
async function untilRun(rig: Rig, tasks: readonly TaskName[], times: number, since = new Date(0)) {
  const runsOf = async () =>
    (await rig.db.runs.listRuns({ limit: 200 })).filter(
      ({ task, queuedAt }) => tasks.includes(task) && queuedAt >= since,
    );
  await untilTrue(
    async () => {
      const ended = (await runsOf()).filter(({ endedAt }) => endedAt !== null);
      return tasks.every((name) => ended.filter(({ task }) => task === name).length >= times);
    },
    { interval: 100 },
  );
  // Two more rounds of housekeeping.
  await delay(1_500);
  const runs = await runsOf();
  for (const name of tasks) {
    expect({ name, runs: runs.filter(({ task }) => task === name).length }).toEqual({
      name,
      runs: times,
    });
  }
  return runs;
}
