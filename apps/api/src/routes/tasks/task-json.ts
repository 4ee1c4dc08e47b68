import { TASK_NAMES } from '@passerelle/roster';
import {
  type Run,
  runJson,
  TASK_HEALTHS,
  taskHealth,
  taskJson,
  type TaskState,
  toRunJson,
  toTaskJson,
} from '@passerelle/sync';
import { z } from 'zod';
import type { Scope } from '../../table/scope.js';

/** Which task, in an address. */
export const taskParams = z.strictObject({ task: z.enum(TASK_NAMES) });

/** A task, how it fares, and its last run as far as the caller may see it. */
export const taskDetailJson = taskJson.extend({
  health: z.enum(TASK_HEALTHS),
  /** Guards that were set; the others have their defaults. */
  guards: z.record(z.string(), z.string()),
  lastRun: runJson.nullable(),
});
export type TaskDetailJson = z.infer<typeof taskDetailJson>;

/** A task as the API answers it. */
export async function toTaskDetailJson(
  task: TaskState,
  { deps, reachOf, now }: Pick<Scope, 'deps' | 'reachOf' | 'now'>,
): Promise<TaskDetailJson> {
  const { runs } = deps.sync;
  const newest = { task: task.name, dryRun: false, onePerson: false, limit: LOOK_BACK };
  const reach = reachOf('auth/netypareo:viewruns');
  const recent = await runs.listRuns(newest);
  const [visible] =
    reach === 'everywhere' ? recent : await runs.listRuns({ ...newest, reach, limit: 1 });
  const whole = recent.find(({ siteCode }) => siteCode === null) ?? null;
  return {
    ...toTaskJson(task),
    health: taskHealth(task, whole, now),
    guards: { ...task.guards },
    lastRun: visible === undefined ? null : toRunJson(visible satisfies Run),
  };
}

/** Runs limited to a site that may stand before the last complete one. */
const LOOK_BACK = 20;
