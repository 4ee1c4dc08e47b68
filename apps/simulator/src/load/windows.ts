import { SimulatorUsageError } from '../errors.js';
import { parseDuration } from './time.js';

/** From one time (included) to another (not included), on a clock that begins with the load. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

/**
 * Reads windows of time: `10s-70s`, or several as `0-30s,60s-2m`.
 * @throws SimulatorUsageError naming the text and what was expected
 */
export function parseWindows(text: string): TimeWindow[] {
  return text.split(',').map((part) => {
    const ends = part.split('-');
    const [fromMs = null, toMs = null] = ends.map(readEnd);
    if (ends.length !== 2 || fromMs === null || toMs === null || fromMs >= toMs) {
      throw new SimulatorUsageError(
        `${text}: expected a time from and a time to, with their units, such as 10s-70s or 0-10m.`,
      );
    }
    return { fromMs, toMs };
  });
}

function readEnd(text: string): number | null {
  try {
    return parseDuration(text);
  } catch {
    return null;
  }
}

/** The window that a time lies in, if any. */
export const windowAt = (windows: readonly TimeWindow[], sinceMs: number): TimeWindow | undefined =>
  windows.find(({ fromMs, toMs }) => fromMs <= sinceMs && sinceMs < toMs);

/** When the next window begins after a time; null when none does. */
export const nextBeginMs = (windows: readonly TimeWindow[], sinceMs: number): number | null =>
  firstAfter(
    windows.map(({ fromMs }) => fromMs),
    sinceMs,
  );

/** When the next window begins or ends after a time; null when none does. */
export const nextEdgeMs = (windows: readonly TimeWindow[], sinceMs: number): number | null =>
  firstAfter(
    windows.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    sinceMs,
  );

function firstAfter(times: readonly number[], sinceMs: number): number | null {
  const later = times.filter((time) => time > sinceMs);
  return later.length === 0 ? null : Math.min(...later);
}
