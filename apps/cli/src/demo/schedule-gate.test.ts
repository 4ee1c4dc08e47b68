import { TASK_NAMES } from '@passerelle/roster';
import type { SyncContext, TaskState } from '@passerelle/sync';
import { expect, it } from 'vitest';
import { createScheduleGate } from './schedule-gate.js';

const NOW = new Date('2026-11-20T10:00:00Z');

function stored(nextRunAt: Date): TaskState {
  return {
    ...{ name: TASK_NAMES[0], component: '', disabled: false, customised: false },
    ...{ minute: '30', hour: '1', day: '*', month: '*', weekday: '*' },
    ...{ lastRunAt: null, nextRunAt, failDelaySeconds: 0, guards: {}, retryAt: null },
  };
}

/** The task store as far as the gate uses it, with one task that is overdue. */
function overdue(): { sync: SyncContext; task: TaskState } {
  const task = stored(new Date('2026-11-20T00:30:00Z'));
  const tasks = {
    listTasks: async () => [task],
    claimNextRun: async (_name: string, expected: Date | null, next: Date | null) => {
      if (task.nextRunAt?.getTime() !== expected?.getTime()) return false;
      task.nextRunAt = next;
      return true;
    },
  };
  const runs = { requestDueRun: async () => ({ outcome: 'created' }) };
  const sync = { runs, tasks, now: () => NOW, timeZone: 'Europe/Paris' } as unknown as SyncContext;
  return { sync, task };
}

it('lets nothing come due while it is shut', async () => {
  const { sync, task } = overdue();
  const { runs } = createScheduleGate(sync).context;

  expect(await runs.requestDueRun(task.name, { of: 'retry', at: NOW }, NOW)).toBeNull();
});

it('skips what was missed meanwhile when it opens', async () => {
  const { sync, task } = overdue();
  const gate = createScheduleGate(sync);
  await gate.open();

  expect(task.nextRunAt).toEqual(new Date('2026-11-21T00:30:00Z'));
  const { runs } = gate.context;
  expect(await runs.requestDueRun(task.name, { of: 'retry', at: NOW }, NOW)).not.toBeNull();
});
