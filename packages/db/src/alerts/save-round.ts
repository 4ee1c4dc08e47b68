import type { Alert, AlertStore, RoundResult } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { TRANSACTION } from '../stores/lock-run.js';

const DAY_MS = 86_400_000;
/** Alerts that have ended are for looking back a school year; messages for a dispute about one. */
const ALERTS_KEPT_MS = 400 * DAY_MS;
const DELIVERIES_KEPT_MS = 30 * DAY_MS;

/** Gives the round away: one process gets it, and the one that has the round before may write no more. */
export async function claimRound(
  client: PrismaClient,
  minAgeMs: number,
  now: Date,
): ReturnType<AlertStore['claimRound']> {
  const latest = new Date(now.getTime() - minAgeMs);
  // Somebody looked in the future: the clock was set back since.
  const ahead = new Date(now.getTime() + minAgeMs + DAY_MS);
  const rows = await client.$queryRaw<{ round: number }[]>`
    INSERT INTO alert_watch AS w (id, round, looked_at) VALUES (1, 1, ${now})
    ON CONFLICT (id) DO UPDATE SET (round, looked_at) = (w.round + 1, excluded.looked_at)
     WHERE w.looked_at <= ${latest} OR w.looked_at > ${ahead}
    RETURNING round`;
  return rows[0]?.round ?? null;
}

/** Writes a round, unless another has begun: who was slow must not undo what that one found. */
export async function saveRound(
  client: PrismaClient,
  round: number,
  { alerts, deliveries }: RoundResult,
  now: Date,
): Promise<boolean> {
  return client.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ round: number }[]>`
      SELECT round FROM alert_watch WHERE id = 1 FOR NO KEY UPDATE`;
    if (rows[0]?.round !== round) return false;
    for (const alert of alerts) await saveAlert(tx, alert);
    for (const { id, channel, message } of deliveries) {
      await tx.alertDelivery.create({
        data: { id, channel, message: { ...message }, createdAt: now, nextAttemptAt: now },
      });
    }
    await forget(tx, now);
    return true;
  }, TRANSACTION);
}

async function saveAlert(tx: Prisma.TransactionClient, alert: Alert): Promise<void> {
  const { id, ...data } = alert;
  const neverBegan = alert.startedAt === null && alert.endedAt !== null;
  if (id === null) {
    if (!neverBegan) await tx.alert.create({ data });
  } else if (neverBegan) {
    await tx.alert.deleteMany({ where: { id } });
  } else {
    await tx.alert.update({ where: { id }, data });
  }
}

async function forget(tx: Prisma.TransactionClient, now: Date): Promise<void> {
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  await tx.alert.deleteMany({ where: { endedAt: { lt: before(ALERTS_KEPT_MS) } } });
  await tx.alertDelivery.deleteMany({ where: { createdAt: { lt: before(DELIVERIES_KEPT_MS) } } });
}
