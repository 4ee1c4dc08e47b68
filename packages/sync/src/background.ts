import type { Log } from './context.js';

/** Work that nobody waits for. */
export interface Background {
  run(work: () => Promise<void>): void;
  /** Resolves when all that was begun has ended. */
  settled(): Promise<void>;
}

/** What fails is logged by its name alone. */
export function createBackground(log: Log): Background {
  const going = new Set<Promise<void>>();
  return {
    run: (work) => {
      // First those who wait get their answer: the processor has one thing to do at a time.
      const done = new Promise(setImmediate)
        .then(work)
        .catch((error: unknown) => {
          const name = error instanceof Error ? error.name : 'unknown';
          log.warn({ error: name }, 'what follows a login was not written down');
        })
        .finally(() => going.delete(done));
      going.add(done);
    },
    settled: async () => {
      while (going.size > 0) await Promise.all(going);
    },
  };
}
