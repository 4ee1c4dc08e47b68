import type { TaskName } from '@passerelle/roster';
import { changeTask, type TaskChange, type TaskState } from '@passerelle/sync';
import { ProblemError } from '../../problems/problem-error.js';
import type { Scope } from '../../table/scope.js';
import { findTask } from './find-task.js';
import { type TaskDetailJson, toTaskDetailJson } from './task-json.js';

/** Changes a task and writes down who did it. @throws ProblemError for what cannot be understood */
export async function applyChange(
  scope: Scope,
  name: TaskName,
  change: TaskChange,
  reason: string | null,
): Promise<TaskDetailJson> {
  const { deps, now } = scope;
  const before = await findTask(scope, name);
  const result = await changeTask(deps.sync, name, change);
  if (!result.ok) throw refused(result.problems);
  const event = {
    ...{ action: ACTIONS[change.kind], entity: 'task', entityId: name },
    ...{ before: settingsOf(before), after: settingsOf(result.task) },
  };
  await deps.audit.record(event, scope.author(reason), now);
  return toTaskDetailJson(result.task, scope);
}

const ACTIONS = {
  set: 'task.changed',
  enable: 'task.enabled',
  disable: 'task.disabled',
  reset: 'task.reset',
} as const satisfies Record<TaskChange['kind'], string>;

function settingsOf({ minute, hour, day, month, weekday, disabled, guards }: TaskState): object {
  return { minute, hour, day, month, weekday, disabled, guards };
}

type Problems = Extract<Awaited<ReturnType<typeof changeTask>>, { ok: false }>['problems'];

function refused(problems: Problems): ProblemError {
  const errors = problems.map((problem) => ({
    path: 'field' in problem ? `body.${problem.field}` : `body.guards.${problem.guard}`,
    message: problem.message.en,
  }));
  return new ProblemError('invalid-request', { members: { errors } });
}
