export type { RetryPolicy } from './backoff.js';
export { type BackendChoice, chooseBackend } from './choose-backend.js';
export { QueueError } from './errors.js';
export {
  type AnyJobHandler,
  type JobContext,
  type JobFailure,
  type JobHandler,
  type JobOutcome,
  jobHandler,
} from './handlers.js';
export {
  createJobQueue,
  type JobQueue,
  type JobQueueOptions,
  type QueueBacklog,
  type QueueCounts,
} from './job-queue.js';
export { createJobWorkers, type JobWorkers, type JobWorkersOptions } from './job-workers.js';
export { type JobName, type JobPayload, JOB_NAMES, QUEUE_NAMES, type QueueName } from './jobs.js';
export type { QueueLog } from './log.js';
export { migrateQueue } from './migrate-queue.js';
export { type NextRun, nextScheduledRun } from './next-run.js';
export type { QueueOptions } from './options.js';
export type { Schedule } from './schedules.js';
export { openQueueTelemetry, type QueueTelemetry } from './telemetry.js';
