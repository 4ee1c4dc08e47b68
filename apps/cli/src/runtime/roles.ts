import type { JobWorkersOptions } from '@passerelle/queue';
import type { SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';
import { type Role, startHeartbeat } from './heartbeat.js';
import { goByClock } from './server-clock.js';
import type { OpenedSource } from './open-source.js';
import { requireSource } from './require-source.js';
import { describeQueue } from './strangers.js';
import { createAlertWatch, startSubstituteWatch } from './watch-alerts.js';

/** A part of the cluster that runs in this process. */
export interface RunningRole {
  role: Role;
  /** Where it answers, if it does. */
  url?: string;
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
        dataDir: context.config.dataDir,
      },
      role,
      describeQueue(await context.queueOptions()),
    );
    context.log.info({ role }, 'started');
    return {
      role,
      ...(running.url === undefined ? {} : { url: running.url }),
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

type Start = (
  context: Context,
  sync: SyncContext,
) => Promise<{ url?: string; stop(): Promise<void> }>;

const startScheduling: Start = async (context, sync) => {
  const { startScheduler } = await import('@passerelle/scheduler');
  return startScheduler({
    context: sync,
    housekeepingMs: context.config.housekeepingMs,
    watchAlerts: await createAlertWatch(context),
  });
};

const startWorking: Start = async (context, sync) => {
  const opened = await context.source();
  requireSource(opened);
  readWsdlAhead(context, opened);
  const { startWorker } = await import('@passerelle/worker');
  return startWorker({
    context: sync,
    queue: await workerQueueOptions(context),
    shutdownMs: context.config.shutdownMs,
    signal: context.signal,
  });
};

const startAnswering: Start = async (context, sync) =>
  (await import('./start-api.js')).startHttpApi(context, sync);

/** A night's first part need not wait for it; whatever keeps it from being read now is told then. */
function readWsdlAhead(context: Context, { source }: OpenedSource): void {
  if (context.blackoutEnd(context.now()) !== null) return;
  source.prepare(context.signal).catch(() => undefined);
}

/** A part of the cluster that outlives its schedulers tells of it. */
function withSubstituteWatch(start: Start): Start {
  return async (context, sync) => {
    const running = await start(context, sync);
    const watch = await startSubstituteWatch(context);
    return {
      ...running,
      stop: async () => {
        await watch.stop();
        await running.stop();
      },
    };
  };
}

const START: Record<Role, Start> = {
  scheduler: startScheduling,
  worker: withSubstituteWatch(startWorking),
  api: withSubstituteWatch(startAnswering),
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
