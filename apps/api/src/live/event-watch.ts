import { setTimeout as wait } from 'node:timers/promises';
import type { Log, RunEvents } from '@passerelle/sync';

/** Looks for events on behalf of all streams of this process. */
export interface EventWatch {
  /**
   * Waits for events beyond one.
   * @returns the last there is; null if none came in that time, or nobody waits any more
   */
  beyond(id: string, ms: number, signal: AbortSignal): Promise<string | null>;
}

/** One small question, as often as this, and only while anybody waits. */
const LOOK_EVERY_MS = 300;

/** Makes a watch over the events. A registry that cannot be reached is asked again. */
export function createEventWatch(events: Pick<RunEvents, 'last'>, log: Log): EventWatch {
  let looking: Promise<string | null> | undefined;
  const look = (): Promise<string | null> => {
    looking ??= wait(LOOK_EVERY_MS, undefined, { ref: false })
      .then(() => events.last())
      .catch((error: unknown) => {
        log.warn({ err: error }, 'events cannot be looked for');
        return null;
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  return {
    beyond: async (id, ms, signal) => {
      const until = performance.now() + ms;
      while (!signal.aborted && performance.now() < until) {
        const last = await look();
        if (last !== null && BigInt(last) > BigInt(id)) return last;
      }
      return null;
    },
  };
}
