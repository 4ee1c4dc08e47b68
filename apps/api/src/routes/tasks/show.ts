import { endpoint, ok } from '../../table/endpoint.js';
import { findTask } from './find-task.js';
import { taskDetailJson, taskParams, toTaskDetailJson } from './task-json.js';

/** One task. */
export const showTask = endpoint({
  summary: 'Show a task',
  params: taskParams,
  answers: { 200: taskDetailJson },
  problems: ['not-found'],
  handle: async ({ params }, scope) => {
    return ok(await toTaskDetailJson(await findTask(scope, params.task), scope));
  },
});
