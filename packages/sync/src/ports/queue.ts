import type { TaskName } from '@passerelle/roster';

/** The job queue, as far as the use cases know it. Calls may be repeated without harm. */
export interface RunQueue {
  /** Puts the run's first job on the queue; `count` is the run's enqueue count. */
  enqueueRun(runId: number, count: number): Promise<void>;
  /** One fetch job per part, and the reconcile job that follows when all have ended. */
  enqueueParts(runId: number, count: number, partNumbers: readonly number[]): Promise<void>;
  /** More fetch jobs for a run under way, before the reconcile job that waits for it. */
  enqueueMoreParts(runId: number, count: number, partNumbers: readonly number[]): Promise<void>;
  /** Whether any job of this enqueueing is still waiting or under way. */
  runJobsAlive(runId: number, count: number): Promise<boolean>;
  /** Takes up what was put off by a clock that was ahead and has been set back since. */
  recallPutOff(): Promise<void>;
  /** Takes the run's waiting jobs off the queue. */
  removeRun(runId: number, count: number): Promise<void>;
}

/** A task's schedule, as the queue holds it. */
export interface QueuedSchedule {
  task: TaskName;
  /** Five cron fields. */
  pattern: string;
  tz: string;
  /** In the past: due, or stopped. Null: unknown. */
  next: Date | null;
}

/** Schedules on the queue; the database decides what they should be. */
export interface ScheduleQueue {
  upsertSchedule(task: TaskName, pattern: string, tz: string): Promise<unknown>;
  removeSchedule(task: TaskName): Promise<unknown>;
  listSchedules(): Promise<QueuedSchedule[]>;
}
