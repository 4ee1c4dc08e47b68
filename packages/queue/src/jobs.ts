import { TASK_NAMES } from '@passerelle/roster';
import { z } from 'zod';
import type { RetryPolicy } from './backoff.js';

/** The queues; `schedules` is apart so that no long run delays a schedule. */
export const QUEUE_NAMES = ['schedules', 'runs', 'fetch'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** How many finished jobs stay, and for how long: history lives in the database. */
export interface Keep {
  count: number;
  ageSeconds: number;
}

/** All there is to know about one kind of job. */
export interface JobDefinition<Name extends string, Schema extends z.ZodType> {
  name: Name;
  queue: QueueName;
  /** Ids only: what is in the queue outlives the erasure of a person. */
  payload: Schema;
  retry: RetryPolicy;
  /** `none`: the job vanishes when it ends. */
  keep: Keep | 'none';
}

const runReference = {
  runId: z.int().positive(),
  /** Which putting-on-the-queue of the run this is (a run's generation). */
  count: z.int().nonnegative(),
};
const keepSome: Keep = { count: 100, ageSeconds: 24 * 3600 };
const patient: RetryPolicy = { attempts: 5, baseMs: 1_000, capMs: 30_000 };

/** Every job by its name. */
export const JOBS = {
  /** A schedule has come due. */
  tick: defineJob({
    name: 'tick',
    queue: 'schedules',
    payload: z.strictObject({ task: z.enum(TASK_NAMES) }),
    retry: patient,
    keep: keepSome,
  }),
  /** Plans a run's parts and puts them on the queue. */
  run: defineJob({
    name: 'run',
    queue: 'runs',
    payload: z.strictObject(runReference),
    retry: patient,
    keep: keepSome,
  }),
  /** One SOAP call: the part's records go to staging. */
  fetch: defineJob({
    name: 'fetch',
    queue: 'fetch',
    payload: z.strictObject({ ...runReference, part: z.int().nonnegative() }),
    retry: { attempts: 3, baseMs: 2_000, capMs: 60_000 },
    // A failed child that stayed would hold a parent that is added again for ever.
    keep: 'none',
  }),
  /** Compares what was staged with the registry, when every part of the run has ended. */
  reconcile: defineJob({
    name: 'reconcile',
    queue: 'runs',
    payload: z.strictObject(runReference),
    retry: patient,
    keep: keepSome,
  }),
};

export type JobName = keyof typeof JOBS;
export const JOB_NAMES = Object.keys(JOBS) as JobName[];
export type JobPayload<Name extends JobName> = z.infer<(typeof JOBS)[Name]['payload']>;

/** Is this the name of a job? */
export function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOBS, name);
}

function defineJob<Name extends string, Schema extends z.ZodType>(
  definition: JobDefinition<Name, Schema>,
): JobDefinition<Name, Schema> {
  return definition;
}
