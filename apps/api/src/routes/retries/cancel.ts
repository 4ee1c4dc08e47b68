import { bulkRetryJson, toBulkRetryJson } from '@passerelle/sync';
import { ProblemError } from '../../problems/problem-error.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { retryParams, visibleRetry } from './params.js';

/** Retries nothing more; what is under way goes on. */
export const cancelRetry = endpoint({
  summary: 'Cancel a bulk retry',
  description: 'Nothing more of it is retried; a run that is under way goes on.',
  params: retryParams,
  answers: { 200: bulkRetryJson },
  problems: ['not-found', 'run-ended'],
  handle: async ({ params }, { deps, reach, author, now }) => {
    const { id } = await visibleRetry(deps, params.id, reach);
    const cancelled = await deps.sync.bulkRetries.cancel(id, author(), now);
    if (cancelled === null) {
      throw new ProblemError('run-ended', { detail: `Bulk retry ${id} has ended already.` });
    }
    return ok(toBulkRetryJson(cancelled));
  },
});
