import { type RequestOutcome, runJson, type RunJson, toRunJson } from '@passerelle/sync';
import { ProblemError } from '../../problems/problem-error.js';
import type { ProblemName } from '../../problems/table.js';

/** What routes that make a run answer with. */
export const runAnswers = { 202: runJson };
export const runProblems = ['run-under-way'] as const satisfies readonly ProblemName[];

/** The run that a request has got. @throws ProblemError where it got none */
export function answerWithRun({ outcome, run }: RequestOutcome): {
  status: 202;
  body: RunJson;
  headers: Record<string, string>;
} {
  if (outcome === 'key_reused') throw new ProblemError('idempotency-key-reused');
  if (outcome === 'busy') {
    throw new ProblemError('run-under-way', {
      detail: `Run ${run.id} of ${run.task} is under way, and a task is run once at a time.`,
      members: { run: toRunJson(run) },
    });
  }
  return {
    ...{ status: 202, body: toRunJson(run) },
    headers: {
      location: `/api/v1/runs/${run.id}`,
      ...(outcome === 'replayed' ? { 'idempotency-replayed': 'true' } : {}),
    },
  };
}
