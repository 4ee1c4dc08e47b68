import type { JobsOptions } from 'bullmq';
import { JOBS, type JobName } from './jobs.js';
import { type QueueOptions, retryPolicy } from './options.js';

/** A job's definition in BullMQ's terms. */
export function jobOptions(
  name: JobName,
  options: Pick<QueueOptions, 'retry'>,
): Pick<
  JobsOptions,
  'attempts' | 'backoff' | 'removeOnComplete' | 'removeOnFail' | 'stackTraceLimit'
> {
  const { keep } = JOBS[name];
  const kept = keep === 'none' ? true : { count: keep.count, age: keep.ageSeconds };
  return {
    attempts: retryPolicy(name, options).attempts,
    backoff: { type: 'custom' },
    removeOnComplete: kept,
    removeOnFail: kept,
    // A stack may quote the values that an error was about.
    stackTraceLimit: 0,
  };
}
