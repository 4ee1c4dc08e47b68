import type { Run } from '../ports/runs.js';
import type { TaskState } from '../ports/task-store.js';

/**
 * How a task fares:
 * - `good`: its last complete run succeeded
 * - `held`: it waits for somebody's decision
 * - `failing`: it failed, or read only part; it is tried again by itself
 * - `overdue`: a date of its schedule has passed, and nothing runs
 * - `never`: it has not ended yet, or was cancelled
 * - `disabled`: it has no schedule
 */
export const TASK_HEALTHS = ['good', 'held', 'failing', 'overdue', 'never', 'disabled'] as const;
export type TaskHealth = (typeof TASK_HEALTHS)[number];

/** Housekeeping takes up what is due within seconds; a run in front of it may take its time. */
const OVERDUE_MS = 10 * 60_000;

/**
 * @param lastRun the newest run of the task that is neither dry nor limited to a site or person
 */
export function taskHealth(
  task: Pick<TaskState, 'disabled' | 'nextRunAt' | 'lastRunAt'>,
  lastRun: Pick<Run, 'state' | 'endedAt'> | null,
  now: Date,
): TaskHealth {
  if (lastRun?.state === 'held') return 'held';
  const isGoing = lastRun !== null && lastRun.endedAt === null;
  const waitsMs = task.nextRunAt === null ? 0 : now.getTime() - task.nextRunAt.getTime();
  if (!task.disabled && !isGoing && waitsMs > OVERDUE_MS) return 'overdue';
  if (lastRun?.state === 'failed' || lastRun?.state === 'partial') return 'failing';
  if (task.disabled) return 'disabled';
  return task.lastRunAt === null ? 'never' : 'good';
}
