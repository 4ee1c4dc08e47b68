import { listJson, toListJson } from '@passerelle/sync';
import { endpoint, ok } from '../../table/endpoint.js';
import { taskDetailJson, toTaskDetailJson } from './task-json.js';

/** All tasks, in their order. */
export const listTasks = endpoint({
  summary: 'List the tasks, with schedule, health and last run',
  answers: { 200: listJson(taskDetailJson) },
  handle: async (_request, scope) => {
    const tasks = await scope.deps.sync.tasks.listTasks();
    const items = await Promise.all(tasks.map((task) => toTaskDetailJson(task, scope)));
    return ok(toListJson(items));
  },
});
