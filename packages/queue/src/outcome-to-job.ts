import type { BackoffStrategy } from 'bullmq';
import type { AnyJob } from './backend/backend.js';
import { bullmq } from './bullmq.js';
import { fullJitterMs, type RetryPolicy } from './backoff.js';
import type { JobFailure, JobOutcome } from './handlers.js';
import { isJobName, type JobName } from './jobs.js';

/** What became of a job, its interruption included. */
export type JobEnding = JobOutcome | { outcome: 'handBack' } | { outcome: 'lost' };

/** Tells BullMQ to try again; made of what may be stored only. */
class RetryJobError extends Error {
  override readonly name = 'RetryJobError';

  constructor(failure: JobFailure) {
    super(describeFailure(failure));
  }
}

/**
 * Turns a job's ending into BullMQ's terms, where an ending other than `done` is
 * an error thrown to the worker.
 *
 * @throws always, unless the job is done
 */
export async function outcomeToJob(
  job: AnyJob,
  token: string | undefined,
  ending: JobEnding,
): Promise<void> {
  switch (ending.outcome) {
    case 'done':
      return;
    case 'retry':
      throw new RetryJobError(ending.error);
    case 'giveUp':
      throw new bullmq.UnrecoverableError(describeFailure(ending.error));
    case 'handBack':
      // Back among the waiting, without an attempt spent.
      await job.moveToWait(token);
      throw new bullmq.WaitingError();
    case 'lost':
      // Nothing may be said of a job that is somebody else's by now.
      throw new bullmq.WaitingError();
    case 'later':
      await job.moveToDelayed(Date.now() + ending.delayMs, token);
      throw new bullmq.DelayedError();
  }
}

/** The wait before a retry: full jitter. */
export function backoffStrategy(
  policyOf: (name: JobName) => RetryPolicy,
  random: () => number,
): BackoffStrategy {
  return (attemptsMade, _type, _error, job) => {
    const name = job?.name;
    if (name === undefined || !isJobName(name)) return 0;
    return fullJitterMs(attemptsMade - 1, policyOf(name), random);
  };
}

function describeFailure(failure: JobFailure): string {
  return `${failure.kind}: ${failure.sentence}`;
}
