import { nextRun, parseSchedule, type ScheduleFields, type TaskName } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { RequestOutcome } from '../ports/runs.js';
import { requestDueRun } from '../runs/request-run.js';

type Deps = Pick<SyncContext, 'runs' | 'tasks' | 'queue' | 'now' | 'timeZone' | 'log'>;

/** A tick may come this much before its time, by the clock of another machine. */
export const EARLY_MS = 5_000;

/**
 * The `tick` job, and the housekeeper when it finds a task overdue: requests the
 * run that is due. Whoever moves the task's next date on has the run, so that
 * several schedulers, a repeated tick or a late one give a single run; missed
 * dates collapse into one. A task whose run is still going is skipped.
 * @returns null when nothing was due, another had it, or it waits for a dry run's end
 */
export async function fireSchedule(deps: Deps, name: TaskName): Promise<RequestOutcome | null> {
  const now = deps.now();
  const task = await deps.tasks.getTask(name);
  if (task === null || task.disabled || task.nextRunAt === null) return null;
  if (task.nextRunAt.getTime() > now.getTime() + EARLY_MS) return null;
  const after = task.nextRunAt > now ? task.nextRunAt : now;
  const next = await nextOpenDate(deps, name, task, after);
  const due = { of: 'schedule', at: task.nextRunAt, next } as const;
  const outcome = await requestDueRun(deps, name, due);
  if (outcome?.outcome === 'busy') {
    deps.log.warn({ task: name, runId: outcome.run.id }, 'run skipped, one is still under way');
  }
  return outcome;
}

/**
 * The next date of a task that has had no run yet. Dates to come may have had
 * theirs, when the clock was ahead and was set back.
 */
export async function nextOpenDate(
  { runs, timeZone }: Pick<SyncContext, 'runs' | 'timeZone'>,
  name: TaskName,
  fields: ScheduleFields,
  after: Date,
): Promise<Date | null> {
  const taken = new Set((await runs.takenDates(name, after)).map((date) => date.getTime()));
  let next = nextDate(fields, after, timeZone);
  while (next !== null && taken.has(next.getTime())) next = nextDate(fields, next, timeZone);
  return next;
}

/** The next date of a stored schedule; null when it has none. */
export function nextDate(fields: ScheduleFields, after: Date, timeZone: string): Date | null {
  const parsed = parseSchedule(fields);
  return parsed.ok ? nextRun(parsed.schedule, after, timeZone) : null;
}
