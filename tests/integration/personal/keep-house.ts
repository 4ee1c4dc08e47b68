import type { LeavingRules } from '@passerelle/roster';
import { createHousekeeping, type SyncContext } from '@passerelle/sync';
import type { Centre } from '../reconcile/centre.js';
import { AT_ONCE } from '../../support/leaving.js';

/** What the scheduler keeps doing, once, on a registry without a queue. */
export async function keepHouse(
  centre: Centre,
  now: Date,
  { days = 36_500, leaving = AT_ONCE }: { days?: number; leaving?: LeavingRules } = {},
): Promise<void> {
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const queue = {
    ...{ listSchedules: async () => [], upsertSchedule: async () => {} },
    ...{ recallPutOff: async () => {}, runJobsAlive: async () => true },
  };
  const house = createHousekeeping({
    ...{ runs: centre.runs, bulkRetries: centre.bulkRetries, tasks: centre.tasks, queue },
    ...{ sourceState: centre.sourceState, blackoutEnd: () => null, random: Math.random },
    ...{ retention: centre.retention, personal: centre.personal, leaving },
    ...{ now: () => now, timeZone: 'Europe/Paris', log: quiet },
    keepDays: { runs: days, changes: days, rejected: days, audit: days },
  } as unknown as SyncContext);
  await centre.sql.query('UPDATE task_definitions SET disabled = true');
  await house();
  await centre.sql.query('UPDATE task_definitions SET disabled = false');
}
