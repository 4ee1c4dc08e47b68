import { bulkRetryJson, toBulkRetryJson } from '@passerelle/sync';
import { endpoint, ok } from '../../table/endpoint.js';
import { retryParams, visibleRetry } from './params.js';

/** One bulk retry, run by run. */
export const showRetry = endpoint({
  summary: 'Show a bulk retry',
  params: retryParams,
  answers: { 200: bulkRetryJson },
  problems: ['not-found'],
  handle: async ({ params }, { deps, reach }) =>
    ok(toBulkRetryJson(await visibleRetry(deps, params.id, reach))),
});
