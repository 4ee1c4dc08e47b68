import { cancelRun as cancel, runJson, toRunJson } from '@passerelle/sync';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { reason } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { findRun, runParams } from './find-run.js';

/** Cancels a run. */
export const cancelRun = endpoint({
  summary: 'Cancel a run; nothing of it is applied from now on',
  params: runParams,
  body: z.strictObject({ reason: reason.optional() }),
  answers: { 200: runJson },
  problems: ['not-found', 'run-ended'],
  handle: async ({ params, body }, scope) => {
    const before = await findRun(scope, params.id);
    const run = await cancel(scope.deps.sync, before.id, scope.author(body.reason ?? null));
    if (run === null) {
      const detail = `Run ${before.id} has ended already (${before.state}).`;
      throw new ProblemError('run-ended', { detail });
    }
    return ok(toRunJson(run));
  },
});
