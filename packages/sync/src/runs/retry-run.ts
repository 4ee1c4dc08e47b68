import type { SyncContext } from '../context.js';
import type { Author } from '../ports/access.js';
import type { RequestKey, RequestOutcome, Run, RunRequest } from '../ports/runs.js';
import { findShortfall } from './find-shortfall.js';
import { planShortfall } from './plan-run.js';
import { requestRun } from './request-run.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'queue' | 'registry' | 'source' | 'now' | 'timeZone' | 'periodAheadDays' | 'log'
>;

const RETRYABLE_STATES = ['failed', 'partial', 'cancelled', 'held'];

/**
 * - `not_retryable`: unknown to the store, still under way, succeeded, or of one person (`syncUser`)
 * - `nothing_missing`: another run has read since what it lacked
 */
export type RetryOutcome =
  | RequestOutcome
  | { outcome: 'not_retryable'; run: Run | null }
  | { outcome: 'nothing_missing'; run: Run; readBy: Run };

export interface RetryOptions {
  requestedBy?: string;
  /** Everything is read again, also what the run has read. */
  whole?: boolean;
  /** The same request with the same key is carried out once. */
  key?: RequestKey;
  /** Who asked, for the audit: written with the new run. */
  author?: Author;
}

/**
 * Makes good an ended run, limited to the same site, and dry, if it was. Of a run that
 * applied what it could read only the parts that failed are read again
 * (`run.onlyMissing`): nobody is taken for gone by that. Of one that applied nothing
 * everything is, and where the missing parts are no parts of what is read today.
 */
export async function retryRun(
  deps: Deps,
  runId: number,
  { key, author, ...options }: RetryOptions = {},
): Promise<RetryOutcome> {
  const run = await deps.runs.getRun(runId);
  if (run === null || run.userId !== null || !RETRYABLE_STATES.includes(run.state)) {
    return { outcome: 'not_retryable', run };
  }
  const { request, readBy } = await planRetry(deps, run, options);
  if (request === null) return { outcome: 'nothing_missing', run, readBy };
  return requestRun(deps, {
    ...request,
    ...(key === undefined ? {} : { key }),
    ...(author === undefined ? {} : { author }),
  });
}

/** What asks for an ended run once more; null: another run has read since what it lacked. */
export async function planRetry(
  deps: Pick<Deps, 'runs' | 'registry' | 'source' | 'now' | 'timeZone' | 'periodAheadDays'>,
  run: Run,
  { requestedBy, whole = false }: Omit<RetryOptions, 'key' | 'author'>,
): Promise<{ request: RunRequest; readBy: null } | { request: null; readBy: Run }> {
  const { lacked, readBy } = whole ? { lacked: [], readBy: null } : await findShortfall(deps, run);
  if (readBy !== null) return { request: null, readBy };
  const onlyMissing = lacked.length > 0 && (await planShortfall(deps, run)).ok;
  const request: RunRequest = {
    task: run.task,
    trigger: 'retry',
    retryOfId: run.id,
    ...(onlyMissing ? { onlyMissing } : {}),
    ...(run.siteCode === null ? {} : { siteCode: run.siteCode }),
    ...(run.dryRun ? { dryRun: true } : {}),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
  return { request, readBy: null };
}
