import type { TaskName } from '@passerelle/roster';
import type { TaskState } from '@passerelle/sync';
import { notFound } from '../../problems/not-found.js';
import type { Scope } from '../../table/scope.js';

/** The task of an address. @throws ProblemError */
export async function findTask({ deps }: Pick<Scope, 'deps'>, name: TaskName): Promise<TaskState> {
  const task = await deps.sync.tasks.getTask(name);
  if (task === null) throw notFound(`There is no task ${name}.`);
  return task;
}
