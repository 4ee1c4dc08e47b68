import { QueueError } from './errors.js';
import { isJobName, JOB_NAMES, type JobName, type JobPayload } from './jobs.js';
import type { QueueLog } from './log.js';

/** Why a job did not do its work; it is stored in the queue, so without personal data. */
export interface JobFailure {
  /** A short name such as `overloaded`. */
  kind: string;
  /** What happened and what an administrator can do. */
  sentence: string;
}

/** What a handler made of its job. */
export type JobOutcome =
  | { outcome: 'done' }
  /** Not now: the same job again after `delayMs`, without an attempt spent. */
  | { outcome: 'later'; delayMs: number }
  /** Try again as the job's retry policy says. */
  | { outcome: 'retry'; error: JobFailure }
  | { outcome: 'giveUp'; error: JobFailure };

export interface JobContext {
  jobId: string;
  /** From 1. A job that was interrupted keeps its number. */
  attempt: number;
  attemptsMax: number;
  /** Aborted when the process must end, or the job is no longer this worker's: leave off. */
  signal: AbortSignal;
  log: QueueLog;
}

/** What a worker does with jobs of one name. */
export interface JobHandler<Name extends JobName = JobName> {
  name: Name;
  handle(payload: JobPayload<Name>, context: JobContext): Promise<JobOutcome>;
  /**
   * The job will not be tried again. Called before it is failed in the queue, so
   * that what it stood for is marked failed first; may be called twice.
   */
  onGiveUp?(payload: JobPayload<Name>, failure: JobFailure, context: JobContext): Promise<void>;
}

/** A handler whose payload type is no longer known; made by {@link jobHandler}. */
export type AnyJobHandler = { [Name in JobName]: JobHandler<Name> }[JobName];

/** Binds a handler to its job, typed by the job's definition. */
export function jobHandler<Name extends JobName>(
  name: Name,
  handler: Omit<JobHandler<Name>, 'name'>,
): AnyJobHandler {
  return { name, ...handler } as unknown as AnyJobHandler;
}

/**
 * Handlers by job name.
 *
 * @throws QueueError unless there is exactly one for every job
 */
export function handlersByName(
  handlers: readonly AnyJobHandler[],
): ReadonlyMap<JobName, AnyJobHandler> {
  const byName = new Map<JobName, AnyJobHandler>();
  const faults: string[] = [];
  for (const handler of handlers) {
    if (!isJobName(handler.name)) faults.push(`${String(handler.name)} is not a job`);
    else if (byName.has(handler.name)) faults.push(`${handler.name} has two`);
    byName.set(handler.name, handler);
  }
  for (const name of JOB_NAMES) if (!byName.has(name)) faults.push(`${name} has none`);
  if (faults.length === 0) return byName;
  throw new QueueError(`Every job needs exactly one handler: ${faults.join('; ')}.`, {
    retryable: false,
  });
}
