import {
  approveRun as approve,
  rejectRun as reject,
  type Run,
  runJson,
  toRunJson,
} from '@passerelle/sync';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { reason } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';
import { findRun, runParams } from './find-run.js';

const body = z.strictObject({ reason });
const count = z.int().nonnegative();
const problems = ['not-found', 'run-not-held'] as const;

/** Applies what a run held back. The decision itself is written into the audit with it. */
export const approveRun = endpoint({
  summary: 'Apply the removals that a run held back',
  params: runParams,
  body,
  answers: { 200: z.strictObject({ run: runJson, applied: count, leftOut: count }) },
  problems,
  handle: async ({ params, body: said }, scope) => {
    const { id } = await findRun(scope, params.id);
    const result = await approve(scope.deps.sync, id, decisionOf(scope, said.reason));
    if (result.outcome !== 'approved') throw notHeld(id, result.run);
    const { run, applied, leftOut } = result;
    return ok({ run: toRunJson(run), applied, leftOut });
  },
});

/** Drops it. */
export const rejectRun = endpoint({
  summary: 'Drop the removals that a run held back',
  params: runParams,
  body,
  answers: { 200: z.strictObject({ run: runJson, dropped: count }) },
  problems,
  handle: async ({ params, body: said }, scope) => {
    const { id } = await findRun(scope, params.id);
    const result = await reject(scope.deps.sync, id, decisionOf(scope, said.reason));
    if (result.outcome !== 'rejected') throw notHeld(id, result.run);
    return ok({ run: toRunJson(result.run), dropped: result.dropped });
  },
});

function decisionOf(scope: Scope, why: string): { by: string; reason: string; from: string } {
  return { by: scope.author().by, reason: why, from: scope.from };
}

function notHeld(id: number, run: Run | null): ProblemError {
  const by = run?.decision?.by;
  const decided = by === undefined ? '' : ` ${by} has decided on it already.`;
  return new ProblemError('run-not-held', {
    detail: `Run ${id} waits for no decision (${run?.state ?? 'gone'}).${decided}`,
    ...(run === null ? {} : { members: { run: toRunJson(run) } }),
  });
}
