import { z } from 'zod';
import { reason } from '../../schemas/fields.js';
import { type Endpoint, endpoint, ok } from '../../table/endpoint.js';
import { applyChange } from './apply-change.js';
import { taskDetailJson, taskParams } from './task-json.js';

/** Changes a task as a whole. */
function switchTask(kind: 'enable' | 'disable' | 'reset', summary: string): Endpoint {
  return endpoint({
    summary,
    params: taskParams,
    body: z.strictObject({ reason: reason.optional() }),
    answers: { 200: taskDetailJson },
    problems: ['not-found'],
    handle: async ({ params, body }, scope) =>
      ok(await applyChange(scope, params.task, { kind }, body.reason ?? null)),
  });
}

export const enableTask = switchTask('enable', 'Let a task follow its schedule');
export const disableTask = switchTask('disable', 'Take a task off its schedule');
export const resetTask = switchTask('reset', 'Give a task its default schedule and guards again');
