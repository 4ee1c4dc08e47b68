import type { AlertStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { AlertModel } from '../generated/models.js';
import { toAlerts } from './alert-rows.js';
import { abandonDelivery, claimDelivery, lastDeliveries } from './deliveries.js';
import { observeTasks } from './observe-tasks.js';
import { claimRound, saveRound } from './save-round.js';

/** So many alerts are looked at; there are fewer kinds than that, tasks and machines included. */
const MOST_OPEN = 500;

/** Alerts and their messages, in the tables `alert*`. */
export function createAlertStore(client: PrismaClient): AlertStore {
  return {
    claimRound: (minAgeMs, now) => claimRound(client, minAgeMs, now),
    saveRound: (round, result, now) => saveRound(client, round, result, now),
    observeTasks: () => observeTasks(client),
    openAlerts: async () => toAlerts(await readOpen(client)),
    countStarts: async (since) => {
      const counts = await client.alert.groupBy({
        by: ['key'],
        where: { startedAt: { gte: since } },
        _count: true,
      });
      return new Map(counts.map(({ key, _count }) => [key, _count]));
    },
    listAlerts: async ({ open, beforeId, limit }) => {
      const rows = await client.alert.findMany({
        where: {
          startedAt: { not: null },
          ...(open === undefined ? {} : { endedAt: open ? null : { not: null } }),
          ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
        },
        orderBy: { id: 'desc' },
        take: limit,
      });
      return toAlerts(rows);
    },
    lastDeliveries: () => lastDeliveries(client),
    claimDelivery: (channels, leaseMs, now) => claimDelivery(client, channels, leaseMs, now),
    endDelivery: async (id, now) => {
      await client.alertDelivery.updateMany({
        where: { id },
        data: { deliveredAt: now, lastError: null },
      });
    },
    postponeDelivery: async (id, lastError, nextAttemptAt) => {
      await client.alertDelivery.updateMany({ where: { id }, data: { lastError, nextAttemptAt } });
    },
    abandonDelivery: (delivery, error, now) => abandonDelivery(client, delivery, error, now),
  };
}

/** Two days after an end nobody is told of it any more. */
function readOpen(client: PrismaClient): Promise<AlertModel[]> {
  return client.$queryRaw<AlertModel[]>`
    SELECT id, key, kind, facts, since, last_seen_at AS "lastSeenAt", started_at AS "startedAt",
           clear_since AS "clearSince", ended_at AS "endedAt", told
      FROM alerts
     WHERE ended_at IS NULL
        OR (ended_at > (SELECT looked_at FROM alert_watch WHERE id = 1) - interval '2 days'
            AND EXISTS (SELECT FROM jsonb_each_text(told) said WHERE said.value = 'begun'))
     ORDER BY id LIMIT ${MOST_OPEN}::int`;
}
