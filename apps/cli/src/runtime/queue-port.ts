import type { JobQueue, NextRun } from '@passerelle/queue';
import { fromCronPattern, isTaskName, nextRun, parseSchedule } from '@passerelle/roster';
import type { RunQueue, ScheduleQueue } from '@passerelle/sync';

/** The job queue as the use cases know it. */
export function toQueuePort(queue: JobQueue): RunQueue & ScheduleQueue {
  return {
    enqueueRun: queue.enqueueRun,
    enqueueParts: queue.enqueueParts,
    runJobsAlive: queue.runJobsAlive,
    removeRun: queue.removeRun,
    upsertSchedule: async (task, pattern, timeZone) => {
      if (isTaskName(task)) await queue.upsertSchedule(task, pattern, timeZone);
    },
    removeSchedule: async (task) => {
      if (isTaskName(task)) await queue.removeSchedule(task);
    },
    listSchedules: async () => {
      const schedules = await queue.listSchedules();
      return schedules.map(({ task, pattern, tz, next }) => ({
        task,
        pattern,
        timeZone: tz,
        next,
      }));
    },
  };
}

/** The schedule rules as the queue asks for them. */
export const nextRunOf: NextRun = (pattern, after, timeZone) => {
  const fields = fromCronPattern(pattern);
  const parsed = fields === null ? null : parseSchedule(fields);
  return parsed?.ok === true ? nextRun(parsed.schedule, after, timeZone) : null;
};
