/** The job queue, as far as the use cases know it. Calls may be repeated without harm. */
export interface RunQueue {
  /** Puts the run's first job on the queue; `count` is the run's enqueue count. */
  enqueueRun(runId: number, count: number): Promise<void>;
  /** One fetch job per part, and the reconcile job that follows when all have ended. */
  enqueueParts(runId: number, count: number, partNumbers: readonly number[]): Promise<void>;
  /** Whether any job of this enqueueing is still waiting or under way. */
  runJobsAlive(runId: number, count: number): Promise<boolean>;
  /** Takes the run's waiting jobs off the queue. */
  removeRun(runId: number, count: number): Promise<void>;
}

/** Schedules as the queue holds them; the database decides what they should be. */
export interface ScheduleQueue {
  upsertSchedule(task: string, pattern: string, timeZone: string): Promise<void>;
  removeSchedule(task: string): Promise<void>;
  listSchedules(): Promise<
    { task: string; pattern: string; timeZone: string; next: Date | null }[]
  >;
}
