import type { IsoDate } from '../entities.js';

/**
 * Hours of certain days in which runs leave the source alone. They begin on
 * each day that is one of `weekdays` and lies within `dates`.
 */
export interface BlackoutWindow {
  /** 0 is Sunday, 6 Saturday; all seven where none was named. Sorted, never empty. */
  readonly weekdays: readonly number[];
  /** Both included; null: on all dates. */
  readonly dates: { readonly first: IsoDate; readonly last: IsoDate } | null;
  /** Minutes after midnight, from 0 to 1,439. */
  readonly from: number;
  /** Minutes after that same midnight, more than `from`; over 1,440 on the next day. */
  readonly to: number;
}

export const MINUTES_PER_DAY = 1_440;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

// What follows reckons by the clock on the wall: milliseconds since 1970 as the
// clock shows them, with 24 hours to every day. Time zones are the callers' matter.

/** The latest end of the windows that hold at `wall`, or null; others may go on from there. */
export function wallEnd(windows: readonly BlackoutWindow[], wall: number): number | null {
  const ends = windows.map((window) => endAt(window, wall)).filter((end) => end !== null);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** The first beginning of a window from `wall` on, up to `last`, or null. */
export function wallStart(
  windows: readonly BlackoutWindow[],
  wall: number,
  last: number,
): number | null {
  for (let day = Math.floor(wall / DAY_MS); day * DAY_MS <= last; day++) {
    const starts = windows
      .filter((window) => beginsOn(window, day))
      .map(({ from }) => day * DAY_MS + from * MINUTE_MS)
      .filter((start) => start >= wall && start <= last);
    if (starts.length > 0) return Math.min(...starts);
  }
  return null;
}

/** Where the window ends that holds at `wall`; null if it doesn't hold. */
function endAt(window: BlackoutWindow, wall: number): number | null {
  const today = Math.floor(wall / DAY_MS);
  // Today's is the later one to end, where yesterday's hours reach into it.
  for (const day of [today, today - 1]) {
    const [start, end] = [window.from, window.to].map((time) => day * DAY_MS + time * MINUTE_MS);
    if (start === undefined || end === undefined || wall < start || wall >= end) continue;
    if (beginsOn(window, day)) return end;
  }
  return null;
}

/** Whether the window's hours begin on a day. @param day days since 1970 */
export function beginsOn({ weekdays, dates }: BlackoutWindow, day: number): boolean {
  // 1 January 1970 was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7;
  if (!weekdays.includes(weekday)) return false;
  return dates === null || (day >= dayNumber(dates.first) && day <= dayNumber(dates.last));
}

/** Days since 1970. */
export function dayNumber(date: IsoDate): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}
