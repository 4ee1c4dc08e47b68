import type { SourceGate } from '@passerelle/sync';

/** A gate that knows of this process alone: so many calls at once, in their order. */
export function createProcessGate(maxConcurrency: number): SourceGate {
  const waiting: (() => void)[] = [];
  let free = maxConcurrency;
  return {
    pass: async (_call, work, signal) => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work(signal);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
