import { GUARD_NAMES } from '@passerelle/roster';
import { z } from 'zod';
import { given, reason, text } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { applyChange } from './apply-change.js';
import { taskDetailJson, taskParams } from './task-json.js';

const field = text(100).describe('As in Moodle: 30, */15, 1-5, R.').optional();

/** Changes a schedule or the guards. */
export const patchTask = endpoint({
  summary: "Change a task's schedule or guards",
  description: 'What is left out stays. A guard set to "default" has its default again.',
  params: taskParams,
  body: z
    .strictObject({
      ...{ minute: field, hour: field, day: field, month: field, weekday: field },
      guards: z.partialRecord(z.enum(GUARD_NAMES), text(100)).optional(),
      reason: reason.optional(),
    })
    .refine(({ reason: _why, ...change }) => Object.keys(given(change)).length > 0, {
      error: 'expected something to change',
    }),
  answers: { 200: taskDetailJson },
  problems: ['not-found'],
  handle: async ({ params, body }, scope) => {
    const { guards, reason: why = null, ...fields } = body;
    const change = {
      ...{ kind: 'set' as const, fields: given(fields) },
      ...(guards === undefined ? {} : { guards: given(guards) }),
    };
    return ok(await applyChange(scope, params.task, change, why));
  },
});
