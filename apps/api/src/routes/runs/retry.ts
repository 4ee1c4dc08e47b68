import { type RequestOutcome, retryRun as retry, type Run } from '@passerelle/sync';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';
import { findRun, runParams } from './find-run.js';
import { makeUserRun, withPatientQueue } from './make-run.js';
import { answerWithRun, runAnswers, runProblems } from './run-answer.js';

/** Retries a run. */
export const retryRun = endpoint({
  summary: 'Retry a run that failed, or of which something failed',
  params: runParams,
  body: z.strictObject({
    whole: z.boolean().default(false).describe('Everything again, not only what failed.'),
    reason: reason.optional(),
  }),
  answers: runAnswers,
  problems: ['not-found', 'run-not-retryable', ...runProblems],
  idempotent: true,
  handle: async ({ params, body }, scope) => {
    const run = await findRun(scope, params.id);
    return answerWithRun(await retryOf(scope, run, body));
  },
});

async function retryOf(
  scope: Scope,
  run: Run,
  { whole, reason: why }: { whole: boolean; reason?: string | undefined },
): Promise<RequestOutcome> {
  const { requestKey } = scope;
  const author = scope.author(why ?? null);
  if (run.userId !== null) {
    if (run.endedAt === null || run.state === 'succeeded') throw notRetryable(run);
    return makeUserRun(scope, { id: run.userId }, { trigger: 'retry', retryOfId: run.id, author });
  }
  const result = await retry(withPatientQueue(scope), run.id, {
    ...{ whole, requestedBy: author.by, author },
    ...(requestKey === null ? {} : { key: requestKey }),
  });
  if (result.outcome === 'not_retryable') throw notRetryable(run);
  if (result.outcome === 'nothing_missing') {
    throw new ProblemError('run-not-retryable', {
      detail: `Run ${result.readBy.id} has read since what run ${run.id} lacked; \`whole\` reads everything again.`,
    });
  }
  return result;
}

function notRetryable(run: Run): ProblemError {
  return new ProblemError('run-not-retryable', {
    detail:
      run.state === 'succeeded'
        ? `Run ${run.id} succeeded.`
        : `Run ${run.id} is still under way (${run.state}).`,
  });
}
