import type { FlowJob } from 'bullmq';
import type { AnyQueue } from './backend/backend.js';
import { fetchJobId, reconcileJobId, runJobId } from './job-ids.js';
import { jobOptions } from './job-options.js';
import type { QueueOptions } from './options.js';
import { parsePayload } from './payloads.js';
import type { QueueObjects } from './queue-objects.js';

const ALIVE = new Set([
  'waiting',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'paused',
]);

/** A run, and which putting-on-the-queue of it this is. */
export interface RunToAdd {
  runId: number;
  count: number;
}

/** Puts runs on the queue; those that are there with the same count are not added again. */
export async function addRuns(
  objects: QueueObjects,
  options: QueueOptions,
  runs: readonly RunToAdd[],
): Promise<void> {
  const jobs = runs.map(({ runId, count }) => ({
    name: 'run',
    data: parsePayload('run', { runId, count }),
    opts: { ...jobOptions('run', options), jobId: runJobId(runId, count) },
  }));
  const [only] = jobs;
  if (only !== undefined && jobs.length === 1) {
    await objects.queues.runs.add(only.name, only.data, only.opts);
  } else await addTogether(objects, options, jobs);
}

/**
 * In one statement or round trip. BullMQ's way of adding many to a queue makes temporary
 * tables on PostgreSQL, which costs more than adding them one by one: there each is a flow of
 * nothing but itself. On Redis, BullMQ keeps to itself what kept it from adding a flow.
 */
async function addTogether(
  { queues, flows }: QueueObjects,
  { backend }: QueueOptions,
  jobs: Parameters<QueueObjects['queues']['runs']['addBulk']>[0],
): Promise<void> {
  if (backend.kind === 'redis') await queues.runs.addBulk(jobs);
  else {
    await flows.addBulk(
      jobs.map(({ name, data, opts = {} }) => ({ name, data, opts, queueName: 'runs' })),
    );
  }
}

/**
 * Puts a run's parts on the queue, and its reconciliation behind them: a flow,
 * added whole or not at all. A second call with the same count adds nothing.
 */
export async function addParts(
  { queues, flows }: QueueObjects,
  options: QueueOptions,
  runId: number,
  count: number,
  partNumbers: readonly number[],
): Promise<void> {
  const id = reconcileJobId(runId, count);
  // BullMQ would add anew those children that have ended and gone.
  if (await queues.runs.getJob(id)) return;
  const children = partNumbers.map((part) => partJob(options, runId, count, part));
  await flows.add({
    name: 'reconcile',
    queueName: 'runs',
    data: parsePayload('reconcile', { runId, count }),
    opts: { ...jobOptions('reconcile', options), jobId: id },
    children,
  });
}

/**
 * More parts of a run under way, before its reconciliation, which waits for them too.
 * A part that is on the queue already is not added again. Where the
 * reconciliation has gone meanwhile nothing is added: it finds the parts open itself.
 */
export async function addMoreParts(
  { queues }: QueueObjects,
  options: QueueOptions,
  runId: number,
  count: number,
  partNumbers: readonly number[],
): Promise<void> {
  const parent = { id: reconcileJobId(runId, count), queue: queues.runs.qualifiedName };
  if ((await queues.runs.getJobState(parent.id)) !== 'waiting-children') return;
  for (const part of partNumbers) {
    const { name, data, opts } = partJob(options, runId, count, part);
    await queues.fetch.add(name, data, { ...opts, parent });
  }
}

function partJob(options: QueueOptions, runId: number, count: number, part: number): FlowJob {
  return {
    name: 'fetch',
    queueName: 'fetch',
    data: parsePayload('fetch', { runId, count, part }),
    opts: {
      ...jobOptions('fetch', options),
      jobId: fetchJobId(runId, count, part),
      // The parent runs when every child has ended, however it ended.
      ignoreDependencyOnFailure: true,
    },
  };
}

/**
 * Is anything of this generation of a run still to be done? The parent of a flow
 * lives as long as its children do.
 */
export async function anyAlive(
  { queues }: QueueObjects,
  runId: number,
  count: number,
): Promise<boolean> {
  const states = await Promise.all([
    queues.runs.getJobState(runJobId(runId, count)),
    queues.runs.getJobState(reconcileJobId(runId, count)),
  ]);
  return states.some((state) => ALIVE.has(state));
}

/**
 * Takes a run's jobs off the queue, except those at work, which see by themselves
 * that the run has stopped; `reconcile` stays behind them, to find it stopped too.
 */
export async function removeRunJobs(
  { queues }: QueueObjects,
  runId: number,
  count: number,
): Promise<void> {
  await removeUnlessActive(queues.runs, runJobId(runId, count));
  const reconcile = await queues.runs.getJob(reconcileJobId(runId, count));
  if (!reconcile) return;
  const { unprocessed = [] } = await reconcile.getDependencies();
  const parts = unprocessed.map((key) => key.slice(key.lastIndexOf(':') + 1));
  // One by one: removing them all at once, PostgreSQL deletes also those taken up meanwhile.
  const atWork = await Promise.all(parts.map((id) => isLeftAtWork(queues.fetch, id)));
  if (atWork.includes(true)) return;
  await removeUnlessActive(queues.runs, reconcileJobId(runId, count));
}

async function isLeftAtWork(queue: AnyQueue, id: string): Promise<boolean> {
  const removed = await queue.remove(id);
  return removed === 0 && ALIVE.has(await queue.getJobState(id));
}

async function removeUnlessActive(queue: AnyQueue, id: string): Promise<void> {
  const job = await queue.getJob(id);
  if (!job || (await job.isActive())) return;
  try {
    await job.remove();
  } catch (error) {
    // A worker took it up in between.
    if (!(await job.isActive())) throw error;
  }
}
