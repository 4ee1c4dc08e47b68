import type { AnyJob } from './backend/backend.js';
import type { AnyJobHandler, JobContext, JobFailure, JobHandler, JobOutcome } from './handlers.js';
import { isJobName, type JobName } from './jobs.js';
import { describeThrown, type QueueLog } from './log.js';
import { type JobEnding, outcomeToJob } from './outcome-to-job.js';
import { parsePayload } from './payloads.js';

export interface ProcessDeps {
  handlers: ReadonlyMap<JobName, AnyJobHandler>;
  log: QueueLog;
  /** Starts after which a job whose workers keep dying is given up. */
  maxStarts: number;
  /** Aborted when the process must end. */
  stopping: AbortSignal;
  /** Resolves when not even handlers that ignore `stopping` are waited for. */
  abandoned: Promise<void>;
}

export interface JobProcessor {
  /** Ends as BullMQ expects of a processor. */
  process(job: AnyJob, token?: string): Promise<void>;
  /** These jobs are no longer this worker's: another may have them, or nobody. */
  lose(jobIds: readonly string[]): void;
}

/** The wait for `onGiveUp` to be possible again. */
const POSTPONE_MS = 5_000;
/** The wait for a database that is away. */
const OUTAGE_MS = 1_000;

/**
 * A job's way through a worker: check the payload, call the handler, tell BullMQ.
 */
export function createProcessor(deps: ProcessDeps): JobProcessor {
  const losses = new Map<string, AbortController>();
  return {
    process: async (job, token) => {
      const loss = new AbortController();
      const jobId = job.id ?? '';
      losses.set(jobId, loss);
      try {
        const ending = await Promise.race([
          endingOf(deps, job, loss.signal),
          deps.abandoned.then((): JobEnding => ({ outcome: 'handBack' })),
        ]);
        await outcomeToJob(job, token, ending);
      } finally {
        if (losses.get(jobId) === loss) losses.delete(jobId);
      }
    },
    lose: (jobIds) => {
      for (const jobId of jobIds) losses.get(jobId)?.abort();
    },
  };
}

async function endingOf(deps: ProcessDeps, job: AnyJob, loss: AbortSignal): Promise<JobEnding> {
  if (deps.stopping.aborted) return { outcome: 'handBack' };
  const { name } = job;
  const handler = isJobName(name) ? deps.handlers.get(name) : undefined;
  if (!handler) return refused(`No handler knows ${name} jobs. Update this process.`);
  const context = contextOf(deps, job, loss);
  let payload: unknown;
  try {
    payload = parsePayload(handler.name, job.data);
  } catch (error) {
    const failure = refused(error instanceof Error ? error.message : 'Unreadable.');
    context.log.error({ error: failure.error.sentence }, 'job payload refused');
    return failure;
  }
  // The payload was parsed by the schema of this very handler's name.
  const known = handler as unknown as JobHandler;
  const outcome = await outcomeOf(deps, known, payload as never, context, job);
  if (loss.aborted) {
    context.log.warn({}, 'job was lost to another worker, or with the queue');
    return { outcome: 'lost' };
  }
  return settle(deps, known, payload as never, outcome, context);
}

async function outcomeOf(
  deps: ProcessDeps,
  handler: JobHandler,
  payload: never,
  context: JobContext,
  job: AnyJob,
): Promise<JobOutcome> {
  return job.stalledCounter >= deps.maxStarts
    ? interruptedTooOften(job.stalledCounter)
    : callHandler(handler, payload, context);
}

async function settle(
  deps: ProcessDeps,
  handler: JobHandler,
  payload: never,
  outcome: JobOutcome,
  context: JobContext,
): Promise<JobEnding> {
  if (outcome.outcome === 'done') return outcome;
  if (outcome.outcome === 'later') {
    return deps.stopping.aborted ? { outcome: 'handBack' } : outcome;
  }
  if (outcome.outcome === 'retry' && deps.stopping.aborted) return { outcome: 'handBack' };
  if (outcome.outcome === 'retry' && context.attempt < context.attemptsMax) {
    context.log.warn({ failure: outcome.error, attempt: context.attempt }, 'job will be retried');
    return outcome;
  }
  return giveUp(handler, payload, outcome.error, context);
}

async function callHandler(
  handler: JobHandler,
  payload: never,
  context: JobContext,
): Promise<JobOutcome> {
  try {
    return await handler.handle(payload, context);
  } catch (error) {
    if (isOutage(error)) {
      context.log.warn({ thrown: describeThrown(error) }, 'job waits for what is out of reach');
      return { outcome: 'later', delayMs: OUTAGE_MS };
    }
    if (!context.signal.aborted)
      context.log.error({ thrown: describeThrown(error) }, 'job handler threw');
    return { outcome: 'retry', error: unexpected(error) };
  }
}

/** The database is away, and will say so itself: no fault of the job, which spends no attempt. */
function isOutage(error: unknown): boolean {
  const { kind, retryable } = error as { kind?: unknown; retryable?: unknown };
  return error instanceof Error && kind === 'unreachable' && retryable === true;
}

/** Marks what the job stood for as failed, and only then the job. */
async function giveUp(
  handler: JobHandler,
  payload: never,
  failure: JobFailure,
  context: JobContext,
): Promise<JobEnding> {
  try {
    await handler.onGiveUp?.(payload, failure, context);
  } catch (error) {
    context.log.error({ thrown: describeThrown(error), failure }, 'giving a job up failed');
    return { outcome: 'later', delayMs: POSTPONE_MS };
  }
  context.log.error({ failure, attempt: context.attempt }, 'job given up');
  return { outcome: 'giveUp', error: failure };
}

function contextOf(deps: ProcessDeps, job: AnyJob, loss: AbortSignal): JobContext {
  const jobId = job.id ?? '';
  return {
    jobId,
    attempt: job.attemptsMade + 1,
    attemptsMax: job.opts.attempts ?? 1,
    signal: AbortSignal.any([deps.stopping, loss]),
    log: deps.log.child({ job: job.name, jobId }),
  };
}

const refused = (sentence: string): JobOutcome & { outcome: 'giveUp' } => ({
  outcome: 'giveUp',
  error: { kind: 'bad_payload', sentence },
});

const interruptedTooOften = (interruptions: number): JobOutcome & { outcome: 'giveUp' } => ({
  outcome: 'giveUp',
  error: {
    kind: 'interrupted',
    sentence:
      `The job was begun ${interruptions} times by workers that never ended it. If they were not ` +
      'killed that often, they ran out of memory or crashed: see their logs, then retry the run.',
  },
});

/** A message may quote what it is about; only the error's name is stored. */
function unexpected(error: unknown): JobFailure {
  const name = error instanceof Error ? error.name : 'Unknown';
  return {
    kind: 'unexpected',
    sentence: `${name}. See the worker's log for this job; if it happens again, report it.`,
  };
}
