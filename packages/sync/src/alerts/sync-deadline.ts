import type { TaskObservation } from '../ports/alerts.js';
import { nextDate } from '../schedule/fire-schedule.js';

const HOUR_MS = 3_600_000;
/** What a run may take, and its repetitions after a passing failure. */
const SLACK_MS = 2 * HOUR_MS;
/** A missed date is made good by the next, or within a day where that is far off. */
const LONGEST_GAP_MS = 24 * HOUR_MS;
/** Blackouts one after the other that are looked past. */
const MOST_BLACKOUTS = 50;

/**
 * When the last good sync of a task becomes too old: at a fixed age where one was
 * set, else when its next date has passed without one, and the time until the date
 * after it (a day at most), and two hours more. A night's failure is thus told of
 * when the second night has failed too: meanwhile the task is tried again by itself.
 * What falls into the time in which reading is not wanted counts from its end.
 *
 * @param maxAgeMs the fixed age; null: by the schedule
 * @returns null for a task of which nothing is expected
 */
export function syncDeadline(
  task: TaskObservation,
  settings: {
    maxAgeMs: number | null;
    timeZone: string;
    blackoutEnd: (at: Date) => Date | null;
  },
): Date | null {
  if (task.disabled) return null;
  const from = later(task.lastGoodAt, task.scheduledSince);
  const first = nextDate(task, from, settings.timeZone);
  if (first === null) return null;
  if (settings.maxAgeMs !== null) return new Date(from.getTime() + settings.maxAgeMs);
  const second = nextDate(task, first, settings.timeZone);
  const gapMs = second === null ? LONGEST_GAP_MS : second.getTime() - first.getTime();
  const allowedMs = Math.min(gapMs, LONGEST_GAP_MS) + SLACK_MS;
  return past(new Date(first.getTime() + allowedMs), allowedMs, settings.blackoutEnd);
}

function past(date: Date, allowedMs: number, blackoutEnd: (at: Date) => Date | null): Date {
  let deadline = date;
  for (let count = 0; count < MOST_BLACKOUTS; count += 1) {
    const end = blackoutEnd(deadline);
    if (end === null) return deadline;
    deadline = new Date(end.getTime() + allowedMs);
  }
  return deadline;
}

function later(one: Date | null, other: Date): Date {
  return one !== null && one > other ? one : other;
}
