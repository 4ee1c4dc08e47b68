import {
  type GuardProblem,
  parseGuards,
  parseSchedule,
  resolveRandomFields,
  type ScheduleFields,
  type ScheduleProblem,
  TASKS,
  type TaskName,
} from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { Author } from '../ports/access.js';
import type { TaskChangeAuthor, TaskState } from '../ports/task-store.js';
import { nextOpenDate } from './fire-schedule.js';
import { alignSchedule } from './housekeeping.js';

type Deps = Pick<SyncContext, 'runs' | 'tasks' | 'queue' | 'now' | 'random' | 'timeZone' | 'log'>;

/** What an administrator may change: some of the five fields, some guards, or whether the task is scheduled. */
export type TaskChange =
  | { kind: 'set'; fields: Partial<ScheduleFields>; guards?: Readonly<Record<string, string>> }
  | { kind: 'enable' }
  | { kind: 'disable' }
  | { kind: 'reset' };

/** Why a change was refused; nothing was saved. */
export type ChangeOutcome =
  | { ok: true; task: TaskState }
  | { ok: false; problems: (ScheduleProblem | GuardProblem)[] };

/**
 * Changes a task definition and the queue's schedule with it, at once. The
 * database is written first: should the queue be out of reach, housekeeping
 * brings it in line. The failure delay stays (facts/moodle.md).
 * @param author whose change it is, for the audit: written with it
 */
export async function changeTask(
  deps: Deps,
  name: TaskName,
  change: TaskChange,
  author?: Author,
): Promise<ChangeOutcome> {
  const task = await deps.tasks.getTask(name);
  if (task === null)
    throw new Error(`The task ${name} is not in the database; run "passerelle migrate".`);
  const wanted = applyChange(task, change, deps.random);
  const parsed = parseSchedule(wanted.fields);
  const guards = parseGuards(wanted.guards);
  if (!parsed.ok) return { ok: false, problems: parsed.problems };
  if (!guards.ok) return { ok: false, problems: guards.problems };
  const now = deps.now();
  const nextRunAt = wanted.disabled ? null : await nextOpenDate(deps, name, wanted.fields, now);
  const saved = await deps.tasks.saveTask(
    name,
    { ...wanted, guards: guards.texts, nextRunAt },
    now,
    ...(author === undefined ? [] : [{ ...author, action: ACTIONS[change.kind] }]),
  );
  await alignSchedule(deps, saved, await deps.queue.listSchedules());
  return { ok: true, task: saved };
}

const ACTIONS = {
  set: 'task.changed',
  enable: 'task.enabled',
  disable: 'task.disabled',
  reset: 'task.reset',
} as const satisfies Record<TaskChange['kind'], TaskChangeAuthor['action']>;

/** A task as it is to be. */
interface Wanted {
  fields: ScheduleFields;
  guards: Readonly<Record<string, string>>;
  disabled: boolean;
  customised: boolean;
}

function applyChange(task: TaskState, change: TaskChange, random: () => number): Wanted {
  const { minute, hour, day, month, weekday, disabled, guards } = task;
  const fields = { minute, hour, day, month, weekday };
  switch (change.kind) {
    case 'set': {
      const merged = { ...fields, ...change.fields };
      return {
        fields: resolveRandomFields(merged, random),
        guards: { ...guards, ...change.guards },
        ...{ disabled, customised: true },
      };
    }
    case 'enable':
      return { fields, guards, disabled: false, customised: task.customised };
    case 'disable':
      return { fields, guards, disabled: true, customised: true };
    case 'reset':
      return {
        fields: TASKS[task.name].defaultSchedule,
        guards: {},
        ...{ disabled: false, customised: false },
      };
  }
}
