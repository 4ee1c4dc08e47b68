import { setTimeout as timeout } from 'node:timers/promises';

/** Resolves after so many milliseconds; rejects as soon as the signal is aborted. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<void>;

/** Wakes those of this process that wait for a permit. */
export interface Bell {
  ring(): void;
  /** How often it was rung: to be asked before one looks, and told to {@link rung}. */
  rings(): number;
  /**
   * Waits for the next ring after so many, at most so long. One that came since, while
   * whoever waits was looking elsewhere, is not waited for again.
   * @throws the signal's reason when it is aborted
   */
  rung(ms: number, signal: AbortSignal, after?: number): Promise<void>;
}

export function createBell(
  delay: Delay = (ms, signal) => timeout(ms, undefined, { signal }),
): Bell {
  const waiting = new Set<() => void>();
  let rings = 0;
  return {
    rings: () => rings,
    ring: () => {
      rings += 1;
      for (const wake of waiting) wake();
    },
    rung: async (ms, signal, after = rings) => {
      if (rings > after) return;
      const woken = new AbortController();
      const wake = (): void => woken.abort();
      waiting.add(wake);
      try {
        await delay(ms, AbortSignal.any([woken.signal, signal]));
      } catch (error) {
        signal.throwIfAborted();
        if (!woken.signal.aborted) throw error;
      } finally {
        waiting.delete(wake);
      }
    },
  };
}
