import type { Reach } from '@passerelle/roster';
import type { Run } from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { id } from '../../schemas/fields.js';
import type { Scope } from '../../table/scope.js';

/** Which run, in an address. */
export const runParams = z.strictObject({ id });

/**
 * The run of an address, if it is within reach: limited to one of the sites, or of
 * one person who may be seen from there.
 * @throws ProblemError
 */
export async function findRun(
  { deps, reach }: { deps: Scope['deps']; reach: Reach },
  runId: number,
): Promise<Run> {
  const { runs } = deps.sync;
  const run =
    reach === 'everywhere'
      ? await runs.getRun(runId)
      : ((await runs.listRuns({ id: runId, reach, limit: 1 }))[0] ?? null);
  if (run === null) throw notFound(`There is no run ${runId}.`);
  return run;
}
