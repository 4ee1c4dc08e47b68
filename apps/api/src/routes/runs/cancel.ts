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
    const { deps, now } = scope;
    const before = await findRun(scope, params.id);
    const run = await cancel(deps.sync, before.id);
    if (run === null) {
      const detail = `Run ${before.id} has ended already (${before.state}).`;
      throw new ProblemError('run-ended', { detail });
    }
    const event = {
      ...{ action: 'run.cancelled', entity: 'run', entityId: String(run.id) },
      ...{ before: { state: before.state }, after: { state: run.state } },
    };
    await deps.audit.record(event, scope.author(body.reason ?? null), now);
    return ok(toRunJson(run));
  },
});
