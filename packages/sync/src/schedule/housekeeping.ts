import { toCronPattern } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { QueuedSchedule } from '../ports/queue.js';
import type { TaskState } from '../ports/task-store.js';
import { advanceBulkRetries } from '../runs/bulk-retry.js';
import { createRunRecovery } from '../runs/recover-runs.js';
import { requestDueRun } from '../runs/request-run.js';
import { createLeaverErasing } from './erase-leavers.js';
import { EARLY_MS, fireSchedule, nextDate, nextOpenDate } from './fire-schedule.js';
import { createHistoryTrimming } from './trim-history.js';

type Deps = Pick<
  SyncContext,
  | 'runs'
  | 'bulkRetries'
  | 'registry'
  | 'source'
  | 'periodAheadDays'
  | 'tasks'
  | 'sourceState'
  | 'blackoutEnd'
  | 'random'
  | 'retention'
  | 'keepDays'
  | 'personal'
  | 'leaving'
  | 'queue'
  | 'now'
  | 'timeZone'
  | 'log'
  | 'isAlone'
>;

/** A tick is late by this much before its run is requested without it. */
const OVERDUE_MS = 30_000;
/** And by this much before its schedule counts as stopped, as the queue sees it too. */
const STOPPED_MS = 60_000;

/**
 * What the scheduler does again and again, so that the queue can be lost and
 * the schedule not: one job scheduler per enabled task and none else; dates that
 * were missed or whose tick never came are run once; failed tasks are tried
 * again when their delay has passed; runs without a job get one; bulk retries go on;
 * staging that nobody owns goes, and so do what was kept long enough and people who left
 * long ago. Several schedulers may do it at once.
 */
export function createHousekeeping(deps: Deps): () => Promise<void> {
  const recoverRuns = createRunRecovery(deps);
  const trimSource = createSourceTrimming(deps);
  const trimHistory = createHistoryTrimming(deps);
  const eraseLeavers = createLeaverErasing(deps);
  return async () => {
    await alignSchedules(deps);
    for (const task of await deps.tasks.listTasks()) {
      if (isOverdue(task, deps.now())) await fireSchedule(deps, task.name);
      else if (task.retryAt !== null && isRetryDue(task, task.retryAt, deps.now())) {
        await requestDueRun(deps, task.name, { of: 'retry', at: task.retryAt });
      }
    }
    await deps.queue.recallPutOff();
    // What another cluster has on its queue is not lost, though ours knows nothing of it.
    if ((await deps.isAlone?.()) !== false) await recoverRuns();
    await advanceBulkRetries(deps);
    await deps.runs.sweepStaging();
    await trimSource();
    await trimHistory();
    await eraseLeavers();
  };
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Single calls are for looking back a few nights; the timeline for a term. */
const CALLS_KEPT_MS = 14 * DAY_MS;
const EVENTS_KEPT_MS = 90 * DAY_MS;

/** Forgets old calls and events of the source, once an hour. */
function createSourceTrimming({ sourceState }: Pick<Deps, 'sourceState'>): () => Promise<void> {
  let trimmedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - trimmedAt < HOUR_MS) return;
    const { now } = await sourceState.state();
    await sourceState.trim({
      calls: new Date(now - CALLS_KEPT_MS),
      events: new Date(now - EVENTS_KEPT_MS),
    });
    trimmedAt = performance.now();
  };
}

/** Brings the queue's schedules in line with the task definitions. */
export async function alignSchedules(
  deps: Pick<Deps, 'runs' | 'tasks' | 'queue' | 'now' | 'timeZone' | 'log'>,
): Promise<void> {
  const tasks = await deps.tasks.listTasks();
  const queued = await deps.queue.listSchedules();
  for (const task of tasks) {
    await alignSchedule(deps, await alignNextDate(deps, task), queued);
  }
}

/** Brings one task's schedule in line; one whose next date lies in the past is made anew. */
export async function alignSchedule(
  deps: Pick<Deps, 'queue' | 'now' | 'timeZone' | 'log'>,
  task: TaskState,
  queued: readonly QueuedSchedule[],
): Promise<void> {
  const own = queued.find((schedule) => schedule.task === task.name);
  if (task.disabled || task.nextRunAt === null) {
    if (own !== undefined) await deps.queue.removeSchedule(task.name);
    return;
  }
  const pattern = toCronPattern(task);
  if (own !== undefined && own.pattern === pattern && own.tz === deps.timeZone) {
    const late = own.next === null ? STOPPED_MS : deps.now().getTime() - own.next.getTime();
    if (late < STOPPED_MS) return;
    deps.log.warn({ task: task.name }, 'schedule stood still, made anew');
  }
  await deps.queue.upsertSchedule(task.name, pattern, deps.timeZone);
}

/**
 * The stored next date must follow from the fields, unless it is due and waits
 * to be taken, or was taken a moment early. A clock that was set back makes it an
 * earlier one, but never one that has had its run.
 */
async function alignNextDate(
  deps: Pick<Deps, 'runs' | 'tasks' | 'now' | 'timeZone'>,
  task: TaskState,
): Promise<TaskState> {
  const now = deps.now();
  if (task.disabled || (task.nextRunAt !== null && task.nextRunAt <= now)) return task;
  if (isSame(nextDate(task, now, deps.timeZone), task.nextRunAt)) return task;
  const next = await nextOpenDate(deps, task.name, task, now);
  if (isSame(next, task.nextRunAt)) return task;
  if (next !== null && isTakenEarly(deps, task, next)) return task;
  const claimed = await deps.tasks.claimNextRun(task.name, task.nextRunAt, next);
  return claimed ? { ...task, nextRunAt: next } : task;
}

function isSame(one: Date | null, other: Date | null): boolean {
  return one?.getTime() === other?.getTime();
}

function isTakenEarly(deps: Pick<Deps, 'now' | 'timeZone'>, task: TaskState, next: Date): boolean {
  if (next.getTime() - deps.now().getTime() > EARLY_MS) return false;
  return isSame(nextDate(task, next, deps.timeZone), task.nextRunAt);
}

function isOverdue(task: TaskState, now: Date): boolean {
  if (task.disabled || task.nextRunAt === null) return false;
  return now.getTime() - task.nextRunAt.getTime() > OVERDUE_MS;
}

/** Its delay has passed; or it is longer than delays are, since the clock was set back. */
function isRetryDue({ failDelaySeconds }: TaskState, retryAt: Date, now: Date): boolean {
  const waitMs = retryAt.getTime() - now.getTime();
  return waitMs <= 0 || waitMs > failDelaySeconds * 1_000 + OVERDUE_MS;
}
