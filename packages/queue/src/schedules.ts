import type { TaskName } from '@passerelle/roster';
import { isTaskName } from '@passerelle/roster';
import type { JobSchedulerJson } from 'bullmq';
import { jobOptions } from './job-options.js';
import { nextScheduledRun } from './next-run.js';
import type { QueueOptions } from './options.js';
import { parsePayload } from './payloads.js';
import type { QueueObjects } from './queue-objects.js';

/** One task's schedule, as the queue has it. */
export interface Schedule {
  task: TaskName;
  /** Five cron fields. */
  pattern: string;
  tz: string;
  /** In the past: due, or stopped. Null: unknown. */
  next: Date | null;
}

/** A tick may be this late before its schedule counts as stopped. */
const TICK_GRACE_MS = 60_000;

/**
 * Makes the one scheduler of a task what it should be, and returns its next time.
 * One that is right already is left alone, and so is one that has just come due:
 * replacing it would swallow the tick. A pattern that never matches removes it.
 */
export async function putSchedule(
  objects: QueueObjects,
  options: QueueOptions,
  wanted: { task: TaskName; pattern: string; tz: string },
  now: Date,
): Promise<Date | null> {
  const { task, pattern, tz } = wanted;
  const template = {
    name: 'tick',
    data: parsePayload('tick', { task }),
    opts: {
      ...jobOptions('tick', options),
      // Each tick begins a trace; it is not part of the one in which its schedule was made.
      ...(options.telemetry === undefined ? {} : { telemetry: { omitContext: true } }),
    },
  };
  const next = (options.nextRun ?? nextScheduledRun)(pattern, now, tz);
  if (next === null) {
    await dropSchedule(objects, task);
    return null;
  }
  return objects.backend.exclusively(async () => {
    const scheduler = await objects.queues.schedules.getJobScheduler(task);
    const current = toSchedule(scheduler ?? undefined);
    if (
      current &&
      current.pattern === pattern &&
      current.tz === tz &&
      isHealthy(current, next, now)
    )
      return current.next;
    await objects.queues.schedules.upsertJobScheduler(task, { pattern, tz }, template);
    return next;
  });
}

/** Removes a task's scheduler; says whether there was one. */
export function dropSchedule({ backend, queues }: QueueObjects, task: TaskName): Promise<boolean> {
  return backend.exclusively(() => queues.schedules.removeJobScheduler(task));
}

/** The schedulers there are. */
export async function readSchedules({ queues }: QueueObjects): Promise<Schedule[]> {
  const schedulers = await queues.schedules.getJobSchedulers();
  return schedulers.map(toSchedule).filter((schedule) => schedule !== undefined);
}

function isHealthy(current: Schedule, next: Date, now: Date): boolean {
  if (current.next === null) return false;
  if (current.next.getTime() === next.getTime()) return true;
  const lateMs = now.getTime() - current.next.getTime();
  return lateMs >= 0 && lateMs < TICK_GRACE_MS;
}

function toSchedule(scheduler: JobSchedulerJson | undefined): Schedule | undefined {
  if (!scheduler || !isTaskName(scheduler.key)) return undefined;
  return {
    task: scheduler.key,
    pattern: scheduler.pattern ?? '',
    tz: scheduler.tz ?? '',
    next: scheduler.next ? new Date(scheduler.next) : null,
  };
}
