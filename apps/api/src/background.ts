import pLimit from 'p-limit';
import type { Log } from '@passerelle/sync';

/** Work that goes on after its answer was sent. */
export interface Background {
  run(work: (signal: AbortSignal) => Promise<unknown>): void;
  /** Waits so long for what is under way, then breaks it off. */
  stop(graceMs: number): Promise<void>;
}

/** How much of it is done at once; the rest waits. */
const AT_ONCE = 4;

/** Makes a place for such work. What waits for its turn when it stops is broken off at once. */
export function createBackground(log: Log): Background {
  const limit = pLimit(AT_ONCE);
  const under = new Set<Promise<void>>();
  const breaking = new AbortController();
  return {
    run: (work) => {
      const done = limit(() => work(breaking.signal))
        .catch((error: unknown) => {
          if (breaking.signal.aborted) return;
          log.error({ err: error }, 'work in the background broke off');
        })
        .then(() => {
          under.delete(done);
        });
      under.add(done);
    },
    stop: async (graceMs) => {
      const timer = setTimeout(() => breaking.abort(), graceMs);
      await Promise.all(under);
      clearTimeout(timer);
    },
  };
}
