import type { RetryPolicy } from './backoff.js';
import type { BackendChoice } from './choose-backend.js';
import type { JobName } from './jobs.js';
import { JOBS } from './jobs.js';
import type { QueueLog } from './log.js';

/**
 * The schedule rules: the first time after `after` that a five-field pattern
 * matches in a time zone, or null if it never does.
 */
export type NextRun = (pattern: string, after: Date, timeZone: string) => Date | null;

/** What producers and workers both need; give both the same. */
export interface QueueOptions {
  backend: BackendChoice;
  /** PostgreSQL schema or Redis key prefix, a plain identifier; `queue` by default. */
  namespace?: string;
  nextRun: NextRun;
  log: QueueLog;
  /** Retry policies that differ from the jobs' own. */
  retry?: Partial<Record<JobName, Partial<RetryPolicy>>>;
}

export const DEFAULT_NAMESPACE = 'queue';

/** A job's retry policy under these options. */
export function retryPolicy(name: JobName, options: Pick<QueueOptions, 'retry'>): RetryPolicy {
  return { ...JOBS[name].retry, ...options.retry?.[name] };
}
