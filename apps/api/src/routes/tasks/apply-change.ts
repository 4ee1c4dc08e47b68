import type { TaskName } from '@passerelle/roster';
import { changeTask, type TaskChange } from '@passerelle/sync';
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
  await findTask(scope, name);
  const result = await changeTask(scope.deps.sync, name, change, scope.author(reason));
  if (!result.ok) throw refused(result.problems);
  return toTaskDetailJson(result.task, scope);
}

type Problems = Extract<Awaited<ReturnType<typeof changeTask>>, { ok: false }>['problems'];

function refused(problems: Problems): ProblemError {
  const errors = problems.map((problem) => ({
    path: 'field' in problem ? `body.${problem.field}` : `body.guards.${problem.guard}`,
    message: problem.message.en,
  }));
  return new ProblemError('invalid-request', { members: { errors } });
}
