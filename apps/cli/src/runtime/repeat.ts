import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '@passerelle/sync';

/** Does something again and again, with a pause after each time; a failure is logged. */
export function repeatUntilStopped(
  work: () => Promise<unknown>,
  pauseMs: number,
  log: Log,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work().catch((error: unknown) => {
        log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'will try again');
      });
      await wait(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
