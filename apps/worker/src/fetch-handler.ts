import { type AnyJobHandler, jobHandler } from '@passerelle/queue';
import { abandonPart, fetchPart, type Log, SourceError, type SyncContext } from '@passerelle/sync';
import type { StopWatch } from './stop-watch.js';

/** The fetch job: its outcomes as the queue understands them. */
export function createFetchHandler(context: SyncContext, stopWatch: StopWatch): AnyJobHandler {
  const registry = createRegistryWatch(context.log);
  return jobHandler('fetch', {
    handle: async ({ runId, count, part }, job) => {
      const watch = stopWatch.watch(runId, job.signal);
      try {
        const result = await fetchPart(context, {
          ...{ runId, count, partNumber: part },
          signal: watch.signal,
        });
        registry.answered();
        if (result.outcome !== 'failed') return result;
        const { kind, message: sentence } = result.error;
        return { outcome: 'giveUp', error: { kind, sentence } };
      } catch (error) {
        // The run has ended: what became of this call no longer matters.
        if (watch.runStopped()) return { outcome: 'done' };
        if (isRegistryAway(error)) registry.away();
        throw error;
      } finally {
        watch.release();
      }
    },
    onGiveUp: ({ runId, part }, failure) => abandonPart(context, runId, part, failure),
  });
}

/** Without its registry nothing is known of the permits of others, so nothing is read. */
function isRegistryAway(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof SourceError) return false;
  return 'kind' in error && error.kind === 'unreachable';
}

/** Says once that reading has stopped, and once that it goes on, however many parts wait. */
function createRegistryWatch(log: Log): { away(): void; answered(): void } {
  let isAway = false;
  return {
    away: () => {
      if (!isAway) {
        log.error(
          {},
          'NetYParéo is not read: the registry cannot be reached. Reading goes on by itself when it can.',
        );
      }
      isAway = true;
    },
    answered: () => {
      if (isAway) log.info({}, 'the registry can be reached again: NetYParéo is read');
      isAway = false;
    },
  };
}
