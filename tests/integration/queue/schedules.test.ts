import { createJobQueue, migrateQueue } from '@passerelle/queue';
import { expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { loseQueue } from './inspect.js';
import { done, tally, useRig } from './rig.js';

const PARIS = 'Europe/Paris';
const HOUR = '3600000';

eachBackend('schedules', (backend) => {
  const rig = useRig(backend);

  test('a schedule fires again and again, with its task', async () => {
    const { queue, startWorkers } = await rig();
    const ticks = tally();
    const tasks = new Set<string>();
    await queue.upsertSchedule('sync_sites', '150', PARIS);
    await startWorkers({
      tick: async ({ task }) => {
        tasks.add(task);
        ticks.add();
        return done;
      },
    });
    await ticks.reached(3);
    expect([...tasks]).toEqual(['sync_sites']);
  });

  test('there is one schedule per task: replaced, listed, removed', async () => {
    const { queue } = await rig();
    await queue.upsertSchedule('sync_sites', HOUR, PARIS);
    const next = await queue.upsertSchedule('sync_sites', '7200000', 'UTC');
    await queue.upsertSchedule('sync_groups', HOUR, PARIS);
    const listed = (await queue.listSchedules()).toSorted((a, b) => a.task.localeCompare(b.task));
    expect(listed.map(({ task, pattern, tz }) => [task, pattern, tz])).toEqual([
      ['sync_groups', HOUR, PARIS],
      ['sync_sites', '7200000', 'UTC'],
    ]);
    expect(Math.abs((listed[1]?.next?.getTime() ?? 0) - (next?.getTime() ?? 1))).toBeLessThan(100);
    expect((await queue.counts()).schedules.delayed).toBe(2);
    expect(await queue.removeSchedule('sync_groups')).toBe(true);
    expect(await queue.removeSchedule('sync_groups')).toBe(false);
    expect(await queue.upsertSchedule('sync_sites', 'never', 'UTC')).toBeNull();
    expect(await queue.listSchedules()).toEqual([]);
    expect((await queue.counts()).schedules.delayed).toBe(0);
  });

  test('what is right already, or has just come due, is left alone', async () => {
    const { queue, openQueue } = await rig();
    const fixed = new Date(Date.now() + 200);
    const onTheDot = openQueue({
      nextRun: (_pattern, after) => (after < fixed ? fixed : new Date(after.getTime() + 3_600_000)),
    });
    expect(await onTheDot.upsertSchedule('sync_sites', '0 2 * * *', PARIS)).toEqual(fixed);
    expect(await onTheDot.upsertSchedule('sync_sites', '0 2 * * *', PARIS)).toEqual(fixed);
    await expect.poll(() => Date.now()).toBeGreaterThan(fixed.getTime());
    expect(await onTheDot.upsertSchedule('sync_sites', '0 2 * * *', PARIS)).toEqual(fixed);
    expect((await queue.listSchedules())[0]?.next).toEqual(fixed);
  });

  test('several schedulers at once make one schedule', async () => {
    const { queue, openQueue } = await rig();
    const schedulers = [queue, openQueue(), openQueue(), openQueue()];
    for (let round = 0; round < 8; round++) {
      const pattern = String(3_600_000 + round);
      await Promise.all(
        schedulers.flatMap((scheduler) => [
          scheduler.upsertSchedule('sync_sites', pattern, PARIS),
          scheduler.upsertSchedule('sync_groups', pattern, PARIS),
        ]),
      );
    }
    expect(await queue.listSchedules()).toHaveLength(2);
    expect((await queue.counts()).schedules.delayed).toBe(2);
  });

  test('a lost queue is built again by the same processes', async () => {
    const { queue, options, startWorkers } = await rig();
    const ticks = tally();
    await queue.upsertSchedule('sync_sites', HOUR, PARIS);
    await startWorkers({
      tick: async () => {
        ticks.add();
        return done;
      },
    });
    await loseQueue(backend, options.namespace ?? '');
    await migrateQueue(options);
    expect(await queue.listSchedules()).toEqual([]);
    await queue.upsertSchedule('sync_sites', '150', PARIS);
    await ticks.reached(2);
  });

  test('migrating is idempotent, and may be done by several at once', async () => {
    const { options } = await rig();
    const fresh = { ...options, namespace: `${options.namespace}_b` };
    await Promise.all([migrateQueue(fresh), migrateQueue(fresh), migrateQueue(fresh)]);
    const queue = createJobQueue(fresh);
    await expect(queue.ping()).resolves.toBeUndefined();
    await queue.close();
  });
});
