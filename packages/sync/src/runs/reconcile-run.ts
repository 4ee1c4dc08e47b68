import type { SyncContext } from '../context.js';
import { recordOutcome } from './end-run.js';
import { contextOfRun } from './day-of-run.js';
import { giveUpEndless } from './request-run.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'tasks' | 'registry' | 'queue' | 'now' | 'timeZone' | 'leaving' | 'log'
>;

/**
 * The `reconcile` job, when every part has ended: applies the difference
 * between what was staged and the registry, once, whole, or not at all.
 */
export async function reconcileRun(deps: Deps, runId: number): Promise<void> {
  const result = await deps.registry.reconcile(runId, await contextOfRun(deps, runId));
  if (result.outcome === 'applied') await recordOutcome(deps, result.run);
  if (result.outcome === 'restage') await readAgain(deps, runId, result.partNumbers);
}

async function readAgain(deps: Deps, runId: number, partNumbers: readonly number[]): Promise<void> {
  deps.log.warn({ runId, parts: partNumbers.length }, 'staged rows are gone, reading again');
  const run = await deps.runs.getRun(runId);
  if (run === null || (await giveUpEndless(deps, run))) return;
  const count = await deps.runs.claimEnqueue(runId, run.enqueueCount);
  if (count !== null) await deps.queue.enqueueParts(runId, count, partNumbers);
}
