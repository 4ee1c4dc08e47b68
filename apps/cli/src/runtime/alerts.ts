import { hostname } from 'node:os';
import type { Config } from '@passerelle/config';
import { createEmail, createWebhook } from '@passerelle/scheduler';
import type { AlertChannel, AlertDeps } from '@passerelle/sync';
import type { Context } from '../context.js';

/** The watch over alerts, on what a context has opened. */
export async function openAlerts(
  context: Pick<
    Context,
    'config' | 'stores' | 'queue' | 'blackoutEnd' | 'now' | 'format' | 'log' | 'signal'
  >,
): Promise<AlertDeps> {
  const { config, blackoutEnd, now, log, signal } = context;
  const { alerts: store, members, sourceState } = await context.stores();
  const { syncMaxAgeMs, sourceRestMs, rejectedPercent, queueWaitMs, diskFreeMb } = config.alerts;
  const time = (at: Date): string => context.format.instant(at);
  return {
    ...{ store, members, sourceState, blackoutEnd, now, log, signal, time },
    queue: { backlog: async () => (await context.queue()).backlog() },
    thresholds: { syncMaxAgeMs, sourceRestMs, rejectedPercent, queueWaitMs, diskFreeMb },
    channels: channelsOf(config, { now, time }),
    name: nameOf(config),
    timeZone: config.timeZone,
  };
}

function channelsOf(
  { alerts }: Config,
  { now, time }: Pick<AlertDeps, 'now' | 'time'>,
): AlertChannel[] {
  const { webhook, email, language } = alerts;
  const { url, ...rest } = webhook;
  const { to, from, smtpUrl } = email;
  return [
    ...(url === undefined ? [] : [createWebhook({ url, ...rest, now })]),
    ...(to.length === 0 || from === undefined || smtpUrl === undefined
      ? []
      : [createEmail({ to, from, smtpUrl, language, time })]),
  ];
}

/** An integrator looks after many installations: each says which it is. */
function nameOf({ alerts, http }: Config): string {
  if (alerts.name !== undefined) return alerts.name;
  return http.publicUrl === undefined ? hostname() : new URL(http.publicUrl).host;
}
