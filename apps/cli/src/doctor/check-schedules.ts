import type { Context } from '../context.js';
import { findMembers } from '../runtime/members.js';
import { broken, type Finding, fine, warn } from './finding.js';

/** What a schedule may be late before it counts as stopped. */
const LATE_MS = 60_000;

/** Whether the queue holds a schedule for every enabled task, and none that stands still. */
export async function checkSchedules(context: Context): Promise<Finding[]> {
  const { tasks } = await context.stores();
  const queue = await context.queue();
  const enabled = (await tasks.listTasks()).filter(({ disabled }) => !disabled);
  const schedules = new Map((await queue.listSchedules()).map((entry) => [entry.task, entry]));
  const now = context.now().getTime();
  const wrong = enabled.filter(({ name, nextRunAt }) => {
    if (nextRunAt === null) return false;
    const next = schedules.get(name)?.next;
    return next === undefined || next === null || next.getTime() < now - LATE_MS;
  });
  if (wrong.length === 0) {
    return [fine('schedules', `${enabled.length} enabled tasks are scheduled.`)];
  }
  const names = wrong.map(({ name }) => name).join(', ');
  const runs = (await findMembers(context)).some(({ role }) => role === 'scheduler');
  return runs
    ? [
        broken(
          'schedules',
          `The queue has no living schedule for ${names}, although a scheduler runs.`,
          'It is repaired within seconds; if it is not, look at the log of the scheduler.',
        ),
      ]
    : [
        warn(
          'schedules',
          `The queue has no living schedule for ${names}.`,
          'A scheduler makes them when it starts: "passerelle up" or "passerelle scheduler".',
        ),
      ];
}
