import type { ChannelName, Delivery, DeliveryState } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { toDeliveries } from './alert-rows.js';

/** Takes one message for so long; whoever asks meanwhile gets another, or none. */
export async function claimDelivery(
  client: PrismaClient,
  channels: readonly ChannelName[],
  leaseMs: number,
  now: Date,
): Promise<Delivery | null> {
  const until = new Date(now.getTime() + leaseMs);
  const taken = await client.$queryRaw<{ id: string }[]>`
    UPDATE alert_deliveries SET attempts = attempts + 1, next_attempt_at = ${until}
     WHERE id = (SELECT id FROM alert_deliveries
                  WHERE delivered_at IS NULL AND abandoned_at IS NULL
                    AND next_attempt_at <= ${now} AND channel = ANY (${[...channels]})
                  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text`;
  const id = taken[0]?.id;
  if (id === undefined) return null;
  const row = await client.alertDelivery.findUnique({ where: { id } });
  const [delivery] = toDeliveries(row === null ? [] : [row]);
  return delivery ?? null;
}

/** The newest of each channel. */
export async function lastDeliveries(client: PrismaClient): Promise<DeliveryState[]> {
  return client.$queryRaw<DeliveryState[]>`
    SELECT DISTINCT ON (channel)
           id::text, channel, created_at AS "createdAt", attempts,
           next_attempt_at AS "nextAttemptAt", delivered_at AS "deliveredAt",
           abandoned_at AS "abandonedAt", last_error AS "lastError"
      FROM alert_deliveries ORDER BY channel, created_at DESC`;
}

/** Gives a message up. All that holds is told anew, for nobody knows what was understood. */
export async function abandonDelivery(
  client: PrismaClient,
  { id, channel }: Pick<Delivery, 'id' | 'channel'>,
  lastError: string,
  now: Date,
): Promise<void> {
  await client.$transaction(async (tx) => {
    await tx.alertDelivery.updateMany({ where: { id }, data: { abandonedAt: now, lastError } });
    await tx.$executeRaw`UPDATE alerts SET told = told - ${channel} WHERE ended_at IS NULL`;
  }, TRANSACTION);
}
