import { nextDate, type SyncContext } from '@passerelle/sync';

/** Holds the schedule back for a while. */
export interface ScheduleGate {
  /** The same use cases, in which no date or retry comes due while the gate is shut. */
  context: SyncContext;
  /** Moves dates that passed meanwhile on to the next, and lets the schedule go its way. */
  open(): Promise<void>;
}

/**
 * Keeps schedules from firing between the runs of the demo: a data directory of
 * yesterday's has dates that are overdue, and the clock may pass one any moment.
 */
export function createScheduleGate(sync: SyncContext): ScheduleGate {
  let shut = true;
  const { runs } = sync;
  return {
    context: {
      ...sync,
      runs: {
        ...runs,
        requestDueRun: async (...due) => (shut ? null : runs.requestDueRun(...due)),
      },
    },
    open: async () => {
      await skipMissed(sync);
      shut = false;
    },
  };
}

async function skipMissed({ tasks, now, timeZone }: SyncContext): Promise<void> {
  for (const task of await tasks.listTasks()) {
    if (task.nextRunAt === null || task.nextRunAt > now()) continue;
    await tasks.claimNextRun(task.name, task.nextRunAt, nextDate(task, now(), timeZone));
  }
}
