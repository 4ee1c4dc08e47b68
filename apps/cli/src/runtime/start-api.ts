import { type ApiDeps, type RunningApi, startApi } from '@passerelle/api';
import { InvalidCursorError, RegistryError } from '@passerelle/db';
import { QueueError } from '@passerelle/queue';
import type { SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';
import { openLogins } from './open-logins.js';
import { createReadiness } from './readiness.js';

/** Brings the API up on what this process has open. */
export async function startHttpApi(context: Context, sync: SyncContext): Promise<RunningApi> {
  const { plans, users, places, personal, quarantine, ...stores } = await context.stores();
  const { runEvents, grants, tokens, sessions, setupLinks, audit, alerts } = stores;
  const { figures, members, sourceState } = stores;
  const logins = await openLogins(context, sync);
  const { host, port, publicUrl, trustedProxies, limits } = context.config.http;
  const tracing = await context.tracing();
  const running = await startApi({
    listen: { host, port, trustedProxies, ...(publicUrl === undefined ? {} : { publicUrl }) },
    ...{ sync, plans, users, places, personal, quarantine },
    ...{ runEvents, grants, tokens, sessions, setupLinks, audit },
    ...{ logins, faultOf },
    ...{ alerts, missing: createReadiness(context) },
    figures: {
      ...{ figures, members, sourceState, alerts, queue: await context.queue() },
      ...{ hardCap: context.overload.hardCap, now: context.now },
    },
    ...(tracing === null ? {} : { traceRequest: tracing.traceRequest }),
    showTime: (at) => context.format.instant(at),
    limits,
    shutdownMs: context.config.shutdownMs,
  });
  context.log.info({ url: running.url }, 'the API listens');
  return {
    ...running,
    stop: async () => {
      await running.stop();
      await logins.settled();
    },
  };
}

/** What the caller needs to know of a failure; the API itself knows neither database nor queue. */
function faultOf(error: unknown): ReturnType<ApiDeps['faultOf']> {
  if (error instanceof InvalidCursorError) return 'invalid_cursor';
  const passes = error instanceof RegistryError || error instanceof QueueError;
  return passes && error.retryable ? 'unreachable' : null;
}
