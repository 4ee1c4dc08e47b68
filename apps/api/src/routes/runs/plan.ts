import { planSummaryJson, toPlanSummaryJson } from '@passerelle/sync';
import { endpoint, ok } from '../../table/endpoint.js';
import { findRun, runParams } from './find-run.js';

/** What a run's changes come to. */
export const showPlan = endpoint({
  summary: "Count a run's changes, by kind, site and group",
  description: 'Of a dry run: what it would do. Empty before the run has ended.',
  params: runParams,
  answers: { 200: planSummaryJson },
  problems: ['not-found'],
  handle: async ({ params }, scope) => {
    const run = await findRun(scope, params.id);
    return ok(toPlanSummaryJson(await scope.deps.plans.summary(run.id)));
  },
});
