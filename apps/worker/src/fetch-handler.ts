import { type AnyJobHandler, jobHandler } from '@passerelle/queue';
import { abandonPart, fetchPart, type SyncContext } from '@passerelle/sync';
import type { StopWatch } from './stop-watch.js';

/** The fetch job: its outcomes as the queue understands them. */
export function createFetchHandler(context: SyncContext, stopWatch: StopWatch): AnyJobHandler {
  return jobHandler('fetch', {
    handle: async ({ runId, count, part }, job) => {
      const watch = stopWatch.watch(runId, job.signal);
      try {
        const result = await fetchPart(context, {
          ...{ runId, count, partNumber: part },
          signal: watch.signal,
        });
        if (result.outcome !== 'failed') return result;
        const { kind, message: sentence } = result.error;
        return { outcome: 'giveUp', error: { kind, sentence } };
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
