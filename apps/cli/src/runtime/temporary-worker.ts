import { createRunRecovery, type SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';
import { repeatUntilStopped } from './repeat.js';
import { type RunningRole, startRole } from './roles.js';

const RECOVERY_MS = 2_000;

/**
 * A worker for as long as one command lasts, where none is running. Schedules
 * that came due meanwhile are left to the next scheduler; runs that a killed
 * process left without a job are taken up. To others it is no worker they can
 * rely on.
 */
export async function startTemporaryWorker(context: Context): Promise<Pick<RunningRole, 'stop'>> {
  const sync = withoutSchedules(await context.sync());
  const worker = await startRole(context, 'command', sync);
  const recovery = repeatUntilStopped(createRunRecovery(sync), RECOVERY_MS, context.log);
  return {
    stop: async () => {
      await recovery.stop();
      await worker.stop();
    },
  };
}

/** A due date stays due: nobody takes it here. */
function withoutSchedules(sync: SyncContext): SyncContext {
  return { ...sync, runs: { ...sync.runs, requestDueRun: async () => null } };
}
