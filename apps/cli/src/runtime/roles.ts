import type { JobWorkersOptions } from '@passerelle/queue';
import { startScheduler } from '@passerelle/scheduler';
import type { SyncContext } from '@passerelle/sync';
import { startWorker } from '@passerelle/worker';
import type { Context } from '../context.js';
import { CommandError } from '../errors.js';
import { type Role, startHeartbeat } from './heartbeat.js';

/** A part of the cluster that runs in this process. */
export interface RunningRole {
  role: Role;
  stop(): Promise<void>;
}

/** Starts one role and makes it known to the cluster. */
export async function startRole(
  context: Context,
  role: Role,
  sync?: SyncContext,
): Promise<RunningRole> {
  const { members } = await context.stores();
  const running = await START[role](context, sync ?? (await context.sync()));
  const heartbeat = await startHeartbeat({ members, now: context.now, log: context.log }, role);
  context.log.info({ role }, 'started');
  return {
    role,
    stop: async () => {
      await running.stop();
      await heartbeat.stop();
      context.log.info({ role }, 'stopped');
    },
  };
}

type Start = (context: Context, sync: SyncContext) => Promise<{ stop(): Promise<void> }>;

const startScheduling: Start = (context, sync) =>
  startScheduler({ context: sync, housekeepingMs: context.config.housekeepingMs });

const startWorking: Start = async (context, sync) => {
  requireSource(context.config);
  const queue = await context.queue();
  await queue.setFetchConcurrency(context.config.source.maxConcurrency);
  const { shutdownMs } = context.config;
  return startWorker({ context: sync, queue: await workerQueueOptions(context), shutdownMs });
};

const START: Record<Role, Start> = {
  scheduler: startScheduling,
  worker: startWorking,
  command: startWorking,
};

/** A worker without a source could only fail. */
function requireSource({ source }: Context['config']): void {
  if (source.wsdl !== undefined) return;
  throw new CommandError(
    'NETYPAREO_WSDL is not set: say where the WSDL of NetYParéo is (an address or a file), ' +
      'in the environment or in .env. "passerelle simulator" gives one to try with.',
  );
}

/** How the workers of this process take jobs. */
async function workerQueueOptions(context: Context): Promise<JobWorkersOptions> {
  const { queue, source } = context.config;
  return {
    ...(await context.queueOptions()),
    fetchConcurrency: source.maxConcurrency,
    lockMs: queue.lockMs,
    stalledMs: queue.stalledMs,
  };
}
