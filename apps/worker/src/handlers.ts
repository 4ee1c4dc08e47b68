import { type AnyJobHandler, jobHandler } from '@passerelle/queue';
import { beginRun, failRun, fireSchedule, reconcileRun, type SyncContext } from '@passerelle/sync';
import { createFetchHandler } from './fetch-handler.js';
import type { StopWatch } from './stop-watch.js';

/** Job name → use case; nothing else. The queue checks that no name is missing. */
export function createHandlers(context: SyncContext, stopWatch: StopWatch): AnyJobHandler[] {
  const giveUpRun = async (
    { runId }: { runId: number },
    failure: { kind: string; sentence: string },
  ): Promise<void> => failRun(context, runId, failure);

  return [
    jobHandler('tick', {
      handle: async ({ task }) => {
        await fireSchedule(context, task);
        return { outcome: 'done' };
      },
    }),
    jobHandler('run', {
      handle: async ({ runId }) => {
        await beginRun(context, runId);
        return { outcome: 'done' };
      },
      onGiveUp: giveUpRun,
    }),
    createFetchHandler(context, stopWatch),
    jobHandler('reconcile', {
      handle: async ({ runId }) => {
        await reconcileRun(context, runId);
        return { outcome: 'done' };
      },
      onGiveUp: giveUpRun,
    }),
  ];
}
