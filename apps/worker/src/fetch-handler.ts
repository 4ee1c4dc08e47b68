import { type AnyJobHandler, jobHandler } from '@passerelle/queue';
import { abandonPart, fetchPart, type SyncContext } from '@passerelle/sync';
import type { StopWatch } from './stop-watch.js';

/** A server that asks for longer (a day of maintenance) would hold the run, and its task, up. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** The fetch job: its outcomes as the queue understands them. */
export function createFetchHandler(context: SyncContext, stopWatch: StopWatch): AnyJobHandler {
  return jobHandler('fetch', {
    handle: async ({ runId, part }, job) => {
      const watch = stopWatch.watch(runId, job.signal);
      try {
        const result = await fetchPart(context, {
          runId,
          partNumber: part,
          isLast: job.attempt >= job.attemptsMax,
          signal: watch.signal,
        });
        if (result.outcome === 'done') return { outcome: 'done' };
        const { kind, message: sentence, retryAfterMs } = result.error;
        const error = { kind, sentence };
        if (result.outcome === 'failed') return { outcome: 'giveUp', error };
        return {
          outcome: 'retry',
          error,
          ...(retryAfterMs === undefined
            ? {}
            : { delayMs: Math.min(retryAfterMs, LONGEST_WAIT_MS) }),
        };
      } catch (error) {
        // The run has ended: what became of this call no longer matters.
        if (watch.runStopped()) return { outcome: 'done' };
        throw error;
      } finally {
        watch.release();
      }
    },
    onGiveUp: ({ runId, part }, failure) => abandonPart(context, runId, part, failure),
  });
}
