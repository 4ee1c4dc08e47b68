import type { GuardTexts, ScheduleFields, TaskName } from '@passerelle/roster';
import type { Author } from './access.js';

/** A task definition as stored. */
export interface TaskState extends ScheduleFields {
  name: TaskName;
  component: string;
  disabled: boolean;
  customised: boolean;
  lastRunAt: Date | null;
  /** The next regular run; null when disabled or never. */
  nextRunAt: Date | null;
  failDelaySeconds: number;
  retryAt: Date | null;
  /** Guards that were set; the others have their defaults. */
  guards: GuardTexts;
}

/** Whose change of a task it is, for the audit: written with it. */
export interface TaskChangeAuthor extends Author {
  action: 'task.changed' | 'task.enabled' | 'task.disabled' | 'task.reset';
}

/** Task definitions. */
export interface TaskStore {
  /** Inserts what is missing; brings tasks that were not customised to the defaults. */
  seedTasks(
    now: Date,
    nextRun: (fields: ScheduleFields, after: Date) => Date | null,
  ): Promise<void>;
  listTasks(): Promise<TaskState[]>;
  getTask(name: TaskName): Promise<TaskState | null>;
  saveTask(
    name: TaskName,
    change: {
      fields: ScheduleFields;
      disabled: boolean;
      customised: boolean;
      nextRunAt: Date | null;
      /** All of them; left out: they stay as they are. */
      guards?: GuardTexts;
    },
    now: Date,
    author?: TaskChangeAuthor,
  ): Promise<TaskState>;
  /**
   * Moves `nextRunAt` of an enabled task from `expected` to `next`, and says
   * whether it was still `expected`.
   */
  claimNextRun(name: TaskName, expected: Date | null, next: Date | null): Promise<boolean>;
  /** A run ended: success clears the delay and sets the last run; failure doubles it (60 s to 24 h). */
  recordSuccess(name: TaskName, startedAt: Date): Promise<void>;
  /** What failed is made good: no sooner try than the schedule's is needed. */
  clearDelay(name: TaskName): Promise<void>;
  recordFailure(name: TaskName, failDelaySeconds: number, retryAt: Date): Promise<void>;
}
