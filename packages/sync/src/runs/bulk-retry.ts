import type { SyncContext } from '../context.js';
import type { Author } from '../ports/access.js';
import type { BulkRetryOutcome, BulkRetryScope } from '../ports/bulk-retries.js';
import type { RequestKey, Run, RunRequest } from '../ports/runs.js';
import { pauseOfReading } from './pause-reading.js';
import { enqueueRun } from './request-run.js';
import { planRetry } from './retry-run.js';

type Deps = Pick<
  SyncContext,
  | 'bulkRetries'
  | 'runs'
  | 'registry'
  | 'source'
  | 'queue'
  | 'sourceState'
  | 'blackoutEnd'
  | 'now'
  | 'random'
  | 'timeZone'
  | 'periodAheadDays'
  | 'log'
>;

/**
 * Retries everything that went wrong in an interval, as one operation: the failed and
 * partial runs, oldest first, one after the other. Of several runs of the same task and
 * site the last is retried, and none that a later one has made good.
 */
export async function requestBulkRetry(
  deps: Deps,
  scope: BulkRetryScope,
  author: Author,
  key?: RequestKey,
): Promise<BulkRetryOutcome> {
  const made = await deps.bulkRetries.create(scope, author, deps.now(), key);
  if (made.outcome !== 'created') return made;
  const { id, runs } = made.bulkRetry;
  deps.log.info({ bulkRetryId: id, runs: runs.length }, 'bulk retry requested');
  await advanceBulkRetries(deps);
  return { ...made, bulkRetry: (await deps.bulkRetries.get(id)) ?? made.bulkRetry };
}

/**
 * Takes a step in each bulk retry under way; housekeeping does it again and again.
 * While the source rests or reading is not wanted, nothing is added to what waits.
 */
export async function advanceBulkRetries(deps: Deps): Promise<void> {
  if ((await pauseOfReading(deps)) !== null) return;
  const requestFor = async (run: Run, requestedBy: string): Promise<RunRequest | null> =>
    (await planRetry(deps, run, { requestedBy })).request;
  for (const run of await deps.bulkRetries.advance(requestFor, deps.now())) {
    deps.log.info({ runId: run.id, task: run.task, trigger: run.trigger }, 'run requested');
    await enqueueRun(deps, run);
  }
}
