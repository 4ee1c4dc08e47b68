import { describeSchedule, TASK_NAMES } from '@passerelle/roster';
import { z } from 'zod';
import type { TaskState } from '../ports/task-store.js';

const instant = z.iso.datetime().nullable();

/** A task, wherever it is printed or answered. */
export const taskJson = z.strictObject({
  name: z.enum(TASK_NAMES),
  component: z.string(),
  minute: z.string(),
  hour: z.string(),
  day: z.string(),
  month: z.string(),
  weekday: z.string(),
  disabled: z.boolean(),
  customised: z.boolean(),
  lastRunAt: instant,
  nextRunAt: instant,
  failDelaySeconds: z.int().nonnegative(),
  inWords: z.strictObject({ fr: z.string(), en: z.string() }),
});
export type TaskJson = z.infer<typeof taskJson>;

/** A task as JSON. */
export function toTaskJson(task: TaskState): TaskJson {
  const { name, component, minute, hour, day, month, weekday } = task;
  return {
    ...{ name, component, minute, hour, day, month, weekday },
    disabled: task.disabled,
    customised: task.customised,
    lastRunAt: task.lastRunAt?.toISOString() ?? null,
    nextRunAt: nextTry(task)?.toISOString() ?? null,
    failDelaySeconds: task.failDelaySeconds,
    inWords: describeSchedule(task),
  };
}

/** When the task will be run next: by its schedule or, after a failure, sooner. */
export function nextTry(task: Pick<TaskState, 'disabled' | 'nextRunAt' | 'retryAt'>): Date | null {
  if (task.disabled) return null;
  if (task.retryAt === null || task.nextRunAt === null) return task.retryAt ?? task.nextRunAt;
  return task.retryAt < task.nextRunAt ? task.retryAt : task.nextRunAt;
}
