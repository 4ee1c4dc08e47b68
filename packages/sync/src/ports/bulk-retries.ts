import type { Reach, RunState, TaskName } from '@passerelle/roster';
import type { Author } from './access.js';
import type { Page, PageRequest } from './plan.js';
import type { RequestKey, Run, RunRequest } from './runs.js';

/** Which runs are to be retried: those that went wrong and ended in this interval. */
export interface BulkRetryScope {
  since: Date;
  until: Date;
  task?: TaskName;
  /** Only runs limited to this site. */
  siteCode?: string;
}

/**
 * What has become of one run of a bulk retry:
 * - `superseded`: a later run of the same task and site succeeded, or is retried itself
 * - `cancelled`: the bulk retry was, before its turn came
 */
export type BulkRetryRunState = 'pending' | 'retried' | 'superseded' | 'cancelled';

/** Retrying many runs as one operation. */
export interface BulkRetry {
  id: number;
  state: 'running' | 'done' | 'cancelled';
  since: Date;
  until: Date;
  task: TaskName | null;
  siteCode: string | null;
  requestedBy: string;
  reason: string | null;
  createdAt: Date;
  endedAt: Date | null;
  /** Oldest first. */
  runs: {
    runId: number;
    state: BulkRetryRunState;
    retryRunId: number | null;
    /** How the retry fares; null: there is none, or it is no longer kept. */
    retryState: RunState | null;
  }[];
}

export interface BulkRetryOutcome {
  outcome: 'created' | 'replayed' | 'key_reused';
  bulkRetry: BulkRetry;
}

/** Bulk retries, in the database: whoever keeps house goes on with them. */
export interface BulkRetryStore {
  /**
   * Takes note of the runs that are to be retried; there may be none, then it is `done`.
   * The same request with the same key is answered with the same (`replayed`), another
   * with `key_reused`. Who asked is written into the audit with it.
   */
  create(
    scope: BulkRetryScope,
    author: Author,
    now: Date,
    key?: RequestKey,
  ): Promise<BulkRetryOutcome>;
  get(id: number): Promise<BulkRetry | null>;
  /** Newest first. @throws InvalidCursorError */
  list(page: PageRequest & { reach?: Reach }): Promise<Page<BulkRetry>>;
  /**
   * Retries nothing more of it; what is under way goes on. Who asked is written into
   * the audit with it. Null: unknown, or it has ended.
   */
  cancel(id: number, author: Author, now: Date): Promise<BulkRetry | null>;
  /**
   * Takes one step in each bulk retry under way, if no other process is at it: the next
   * run whose task is free is requested, one at a time; after the last it is done.
   * @param requestFor what asks for a run once more; null: nothing is left to be read again
   * @returns the runs that were requested, to be put on the queue
   */
  advance(
    requestFor: (run: Run, requestedBy: string) => Promise<RunRequest | null>,
    now: Date,
  ): Promise<Run[]>;
}
