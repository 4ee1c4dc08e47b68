import type { RetryPolicy } from './backoff.js';
import type { BackendChoice } from './choose-backend.js';
import type { JobName } from './jobs.js';
import { JOBS } from './jobs.js';
import type { QueueLog } from './log.js';
import type { NextRun } from './next-run.js';
import type { QueueTelemetry } from './telemetry.js';

/** What producers and workers both need; give both the same. */
export interface QueueOptions {
  backend: BackendChoice;
  /** PostgreSQL schema or Redis key prefix, a plain identifier; `queue` by default. */
  namespace?: string;
  /** The schedule rules; the project's own by default. */
  nextRun?: NextRun;
  log: QueueLog;
  /** Spans of jobs; none by default. */
  telemetry?: QueueTelemetry;
  /** Retry policies that differ from the jobs' own. */
  retry?: Partial<Record<JobName, Partial<RetryPolicy>>>;
}

export const DEFAULT_NAMESPACE = 'queue';

/** A job's retry policy under these options. */
export function retryPolicy(name: JobName, options: Pick<QueueOptions, 'retry'>): RetryPolicy {
  return { ...JOBS[name].retry, ...options.retry?.[name] };
}
