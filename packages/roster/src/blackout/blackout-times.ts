import { Temporal } from 'temporal-polyfill';
import { type BlackoutWindow, wallEnd, wallStart } from './blackout-window.js';

const DAY_MS = 86_400_000;

/** An unbroken stretch of time without bulk reading. */
export interface Blackout {
  start: Date;
  /** No longer part of it: reading may begin. */
  end: Date;
}

/**
 * When the blackout that contains `now` ends, windows that touch or overlap
 * taken as one; null if `now` lies in none.
 *
 * A window holds whenever the clock on the wall shows one of its minutes, as
 * a schedule for every hour goes by what the clock shows (`nextRun`): what the
 * spring gap swallows of it falls away, and what autumn repeats holds twice.
 *
 * @param windows as `parseBlackouts` gives them: they end some time
 * @param timeZone an IANA name; throws RangeError for an unknown one
 */
export function blackoutEnd(
  windows: readonly BlackoutWindow[],
  now: Date,
  timeZone: string,
): Date | null {
  let at = now.getTime();
  let clock = clockAt(at, timeZone);
  for (;;) {
    if (at >= clock.change) clock = clockAt(at, timeZone);
    const wall = wallEnd(windows, at + clock.offset);
    if (wall === null) return at === now.getTime() ? null : new Date(at);
    // Another window may go on from there; and where clocks change before, it is looked at anew.
    at = Math.min(wall - clock.offset, clock.change);
  }
}

/**
 * The next blackout to begin after `now`, and after the one that contains
 * `now`; null if none begins within `horizonDays` times 24 hours.
 */
export function nextBlackout(
  windows: readonly BlackoutWindow[],
  now: Date,
  timeZone: string,
  horizonDays: number,
): Blackout | null {
  const last = now.getTime() + horizonDays * DAY_MS;
  let at = (blackoutEnd(windows, now, timeZone) ?? now).getTime();
  while (at <= last) {
    // A change of the clocks can lead into the middle of a window.
    const end = blackoutEnd(windows, new Date(at), timeZone);
    if (end !== null) return { start: new Date(at), end };
    const { offset, change } = clockAt(at, timeZone);
    const until = Math.min(last, change);
    const wall = wallStart(windows, at + offset, until + offset);
    if (wall === null && until === last) return null;
    at = wall === null ? change : wall - offset;
  }
  return null;
}

/** How far the clock is ahead of UTC, and when that changes next; both in milliseconds. */
function clockAt(epochMs: number, timeZone: string): { offset: number; change: number } {
  const time = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
  return {
    offset: time.offsetNanoseconds / 1_000_000,
    change: time.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
  };
}
