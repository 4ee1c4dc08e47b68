import { createHash } from 'node:crypto';
import type { RequestKey, RequestOutcome, RunRequest } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { requestRun } from './request-run.js';
import { toRun } from './run-rows.js';

const KEPT_MS = 48 * 60 * 60 * 1000;
/** Keys that have had their time, of which each request takes some away. */
const BATCH = 20;

/**
 * Requests a run, unless the same request with the same key has one already. Key and
 * run are written in one transaction: whoever comes with the key meanwhile waits for
 * its end. A request that got no run leaves its key free.
 */
export async function requestKeyedRun(
  client: PrismaClient,
  request: RunRequest,
  key: RequestKey,
  now: Date,
): Promise<RequestOutcome> {
  const keyHash = hashOf(key);
  const expired = new Date(now.getTime() - KEPT_MS);
  for (;;) {
    const known = await findKnown(client, keyHash, key.requestHash, expired);
    if (known !== null) return known;
    const made = await client.$transaction(async (tx) => {
      await forget(tx, expired);
      const isOurs = await claim(tx, keyHash, key.requestHash, now);
      if (!isOurs) return null;
      const outcome = await requestRun(tx, request, now);
      if (outcome.outcome === 'busy') await tx.idempotencyKey.delete({ where: { keyHash } });
      else {
        const data = { runId: outcome.run.id };
        await tx.idempotencyKey.update({ where: { keyHash }, data });
      }
      return outcome;
    });
    if (made !== null) return made;
  }
}

/** What a key is known again by. */
export function hashOf({ caller, key }: RequestKey): string {
  return createHash('sha256').update(`${caller}\n${key}`).digest('hex');
}

async function findKnown(
  client: PrismaClient,
  keyHash: string,
  requestHash: string,
  expired: Date,
): Promise<RequestOutcome | null> {
  const known = await client.idempotencyKey.findUnique({
    where: { keyHash, createdAt: { gte: expired } },
    include: { run: true },
  });
  if (known === null || known.run === null) return null;
  const outcome = known.requestHash === requestHash ? 'replayed' : 'key_reused';
  return { outcome, run: toRun(known.run) };
}

/** False: somebody else has come with the key; their transaction is over by now. */
async function claim(
  tx: Prisma.TransactionClient,
  keyHash: string,
  requestHash: string,
  now: Date,
): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO idempotency_keys (key_hash, request_hash, created_at)
    VALUES (${keyHash}, ${requestHash}, ${now}) ON CONFLICT DO NOTHING`;
  return count === 1;
}

async function forget(tx: Prisma.TransactionClient, expired: Date): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM idempotency_keys WHERE key_hash IN (
      SELECT key_hash FROM idempotency_keys WHERE created_at < ${expired}
       ORDER BY created_at LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)`;
}
