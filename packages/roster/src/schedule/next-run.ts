import { Temporal } from 'temporal-polyfill';
import type { Schedule } from './parse-schedule.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MINUTES_PER_DAY = 1_440;
/** 29 February may be eight years away, over a century that is no leap year. */
const HORIZON_YEARS = 8;

/** A calendar day in the time zone; times are minutes since 1970 UTC. */
interface LocalDay {
  date: Temporal.PlainDate;
  timeZone: string;
  start: number;
  end: number;
}

/**
 * The first run after the minute that `after` lies in, or null if there is
 * none within eight years (30 February).
 *
 * Where clocks change (facts/moodle.md): a time that the spring gap swallows
 * runs once, as much later as the gap is long (02:30 → 03:30 in Paris); a time
 * that autumn repeats runs the first time only. A schedule for every hour
 * simply goes on: it runs whenever the clock shows one of its minutes.
 *
 * @param timeZone an IANA name; throws RangeError for an unknown one
 */
export function nextRun(schedule: Schedule, after: Date, timeZone: string): Date | null {
  const from = Math.floor(after.getTime() / MINUTE_MS);
  const today = Temporal.Instant.fromEpochMilliseconds(from * MINUTE_MS)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();
  const lastDay = Date.UTC(today.year + HORIZON_YEARS, 11, 31) / DAY_MS;
  // From yesterday: a gap around midnight moves its last times into today.
  const firstDay = Date.UTC(today.year, today.month - 1, today.day) / DAY_MS - 1;
  for (let epochDay = firstDay; epochDay <= lastDay; epochDay++) {
    if (!runsOn(schedule, new Date(epochDay * DAY_MS))) continue;
    const found = firstOn(schedule, localDay(epochDay, timeZone), from);
    if (found !== null) return new Date(found * MINUTE_MS);
  }
  return null;
}

/** @param date midnight UTC of the calendar day */
function runsOn(schedule: Schedule, date: Date): boolean {
  if (!schedule.months.includes(date.getUTCMonth() + 1)) return false;
  const byDay = () => schedule.days.includes(date.getUTCDate());
  const byWeekday = () => schedule.weekdays.includes(date.getUTCDay());
  if (schedule.dayRule === 'day') return byDay();
  if (schedule.dayRule === 'weekday') return byWeekday();
  return byDay() || byWeekday();
}

function localDay(epochDay: number, timeZone: string): LocalDay {
  const utc = new Date(epochDay * DAY_MS);
  const date = new Temporal.PlainDate(
    utc.getUTCFullYear(),
    utc.getUTCMonth() + 1,
    utc.getUTCDate(),
  );
  return {
    date,
    timeZone,
    start: toMinutes(date.toZonedDateTime(timeZone)),
    end: toMinutes(date.add({ days: 1 }).toZonedDateTime(timeZone)),
  };
}

/** The first run of the day that comes after the minute `from`. */
function firstOn(schedule: Schedule, day: LocalDay, from: number): number | null {
  if (day.end - day.start === MINUTES_PER_DAY) return firstOnPlainDay(schedule, day, from);
  return schedule.hours.length === 24
    ? firstByClock(schedule, day, from)
    : firstByHours(schedule, day, from);
}

function firstOnPlainDay(schedule: Schedule, day: LocalDay, from: number): number | null {
  for (const hour of schedule.hours) {
    const hourStart = day.start + hour * 60;
    if (hourStart + 59 <= from) continue;
    const minute = schedule.minutes.find((each) => hourStart + each > from);
    if (minute !== undefined) return hourStart + minute;
  }
  return null;
}

/** Every hour, on a day when clocks change: minute by minute, as the clock shows them. */
function firstByClock(schedule: Schedule, day: LocalDay, from: number): number | null {
  for (let time = Math.max(from + 1, day.start); time < day.end; time++) {
    const { minute } = Temporal.Instant.fromEpochMilliseconds(time * MINUTE_MS).toZonedDateTimeISO(
      day.timeZone,
    );
    if (schedule.minutes.includes(minute)) return time;
  }
  return null;
}

/** Certain hours, on a day when clocks change: each of the day's times once. */
function firstByHours(schedule: Schedule, day: LocalDay, from: number): number | null {
  let best: number | null = null;
  for (const hour of schedule.hours) {
    const hourStart = timeOn(day, hour, 0);
    const whole = timeOn(day, hour, 59) - hourStart === 59;
    for (const minute of schedule.minutes) {
      const time = whole ? hourStart + minute : timeOn(day, hour, minute);
      if (time > from && (best === null || time < best)) best = time;
    }
  }
  return best;
}

/** Temporal's default reading: later by the gap in spring, the first of two in autumn. */
function timeOn({ date, timeZone }: LocalDay, hour: number, minute: number): number {
  return toMinutes(date.toPlainDateTime({ hour, minute }).toZonedDateTime(timeZone));
}

function toMinutes(time: Temporal.ZonedDateTime): number {
  return Math.floor(time.epochMilliseconds / MINUTE_MS);
}
