import type { JobWorkersOptions } from '@passerelle/queue';
import { startScheduler } from '@passerelle/scheduler';
import type { SyncContext } from '@passerelle/sync';
import { startWorker } from '@passerelle/worker';
import type { Context } from '../context.js';
import { type Role, startHeartbeat } from './heartbeat.js';
import { goByClock } from './server-clock.js';
import { type OpenedSource, requireSource } from './open-source.js';
import { describeQueue } from './strangers.js';

/** A part of the cluster that runs in this process. */
export interface RunningRole {
  role: Role;
  stop(): Promise<void>;
}

/** Starts one role, on the database's clock, and makes it known to the cluster. */
export async function startRole(
  context: Context,
  role: Role,
  sync?: SyncContext,
): Promise<RunningRole> {
  const stores = await context.stores();
  const leaveClock = goByClock(context.clock);
  try {
    const running = await START[role](context, sync ?? (await context.sync()));
    const heartbeat = await startHeartbeat(
      {
        ...{ members: stores.members, now: context.now, log: context.log },
        followClock: () => context.clock.follow(stores),
      },
      role,
      describeQueue(await context.queueOptions()),
    );
    context.log.info({ role }, 'started');
    return {
      role,
      stop: async () => {
        await running.stop();
        await heartbeat.stop();
        leaveClock();
        context.log.info({ role }, 'stopped');
      },
    };
  } catch (error) {
    leaveClock();
    throw error;
  }
}

type Start = (context: Context, sync: SyncContext) => Promise<{ stop(): Promise<void> }>;

const startScheduling: Start = (context, sync) =>
  startScheduler({ context: sync, housekeepingMs: context.config.housekeepingMs });

const startWorking: Start = async (context, sync) => {
  const opened = await context.source();
  requireSource(opened);
  readWsdlAhead(context, opened);
  return startWorker({
    context: sync,
    queue: await workerQueueOptions(context),
    shutdownMs: context.config.shutdownMs,
    signal: context.signal,
  });
};

/** A night's first part need not wait for it; whatever keeps it from being read now is told then. */
function readWsdlAhead(context: Context, { source }: OpenedSource): void {
  if (context.blackoutEnd(context.now()) !== null) return;
  source.prepare(context.signal).catch(() => undefined);
}

const START: Record<Role, Start> = {
  scheduler: startScheduling,
  worker: startWorking,
  command: startWorking,
};

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
