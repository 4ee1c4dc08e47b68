import { capacityAt, nextStepMs } from './plan.js';
import type { FpmSettings } from './settings.js';
import { nextBeginMs, nextEdgeMs, type TimeWindow, windowAt } from './windows.js';

const TIMED = ['capacity', 'maintenance', 'outage'] as const;
type Timed = (typeof TIMED)[number];

/**
 * What the settings say at a moment. The times in a plan count from the first call that
 * came after the plan was given, so that a plan does not run out while nobody calls.
 */
export interface Clocks {
  /** Starts those that stand still. */
  start(nowMs: number): void;
  /** Those whose setting was given anew stand at 0 again. */
  rewind(given: Partial<FpmSettings>): void;
  capacity(nowMs: number): number;
  /** How much of a window is left; null outside of one. */
  left(kind: 'maintenance' | 'outage', nowMs: number): number | null;
  nextCapacityMs(nowMs: number): number | null;
  nextOutageMs(nowMs: number): number | null;
  /** When any of the plans next says something else. */
  nextChangeMs(nowMs: number): number | null;
}

/** @param settings read anew each time, so that it may change */
export function createClocks(settings: () => FpmSettings): Clocks {
  const origins = new Map<Timed, number>();
  const since = (name: Timed, nowMs: number): number => {
    const origin = origins.get(name);
    return origin === undefined ? 0 : nowMs - origin;
  };
  const absolute = (name: Timed, atMs: number | null): number | null => {
    const origin = origins.get(name);
    return atMs === null || origin === undefined ? null : origin + Math.ceil(atMs);
  };
  const window = (name: 'maintenance' | 'outage', nowMs: number): TimeWindow | undefined =>
    windowAt(settings()[name], since(name, nowMs));
  return {
    start(nowMs) {
      for (const name of TIMED) {
        // Whole milliseconds, so that a step's moment is met exactly in floating point.
        if (!origins.has(name)) origins.set(name, Math.floor(nowMs));
      }
    },
    rewind(given) {
      for (const name of TIMED) {
        if (given[name] !== undefined) origins.delete(name);
      }
    },
    capacity: (nowMs) => capacityAt(settings().capacity, since('capacity', nowMs)),
    left(kind, nowMs) {
      const inside = window(kind, nowMs);
      return inside === undefined ? null : inside.toMs - since(kind, nowMs);
    },
    nextCapacityMs: (nowMs) =>
      absolute('capacity', nextStepMs(settings().capacity, since('capacity', nowMs))),
    nextOutageMs: (nowMs) =>
      absolute('outage', nextBeginMs(settings().outage, since('outage', nowMs))),
    nextChangeMs(nowMs) {
      const { capacity, maintenance, outage } = settings();
      const changes = [
        absolute('capacity', nextStepMs(capacity, since('capacity', nowMs))),
        absolute('maintenance', nextEdgeMs(maintenance, since('maintenance', nowMs))),
        absolute('outage', nextEdgeMs(outage, since('outage', nowMs))),
      ].filter((atMs) => atMs !== null);
      return changes.length === 0 ? null : Math.min(...changes);
    },
  };
}
