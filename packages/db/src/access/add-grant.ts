import type { Author, Grant, GrantOutcome } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { recordEvent } from './audit-log.js';
import { describeGrant, toGrant, WITH_NAMES } from './grant-rows.js';
import { lockGrants, wouldLockOut } from './grantors.js';

/** What is to be given to whom. */
export type NewGrant = Pick<Grant, 'userId' | 'capability' | 'siteCode' | 'expiresAt'>;

/** Gives a capability, or changes what is held already. */
export async function addGrant(
  client: PrismaClient,
  grant: NewGrant,
  author: Author,
  now: Date,
): Promise<GrantOutcome> {
  if (grant.expiresAt !== null && grant.expiresAt <= now) return { outcome: 'past_end' };
  return client.$transaction(async (tx) => {
    await lockGrants(tx);
    const refusal = await refuseHolder(tx, grant.userId);
    if (refusal !== null) return { outcome: refusal };
    const siteId = await findSite(tx, grant.siteCode);
    if (siteId === 'unknown') return { outcome: 'unknown_site' };
    const held = await tx.capabilityGrant.findFirst({
      where: { userId: grant.userId, capability: grant.capability, siteId },
    });
    if (held !== null && (await wouldLockOut(tx, held.id, grant, now))) {
      return { outcome: 'last_holder' };
    }
    return { outcome: 'done', grant: await keepGrant(tx, { ...grant, siteId }, author, now) };
  }, TRANSACTION);
}

/** Why somebody cannot be given anything. They are not erased before the transaction ends. */
export async function refuseHolder(
  tx: Prisma.TransactionClient,
  userId: number,
): Promise<'unknown_user' | 'suspended_user' | null> {
  const [user] = await tx.$queryRaw<{ status: string }[]>`
    SELECT status::text FROM users WHERE id = ${userId}::int FOR KEY SHARE`;
  if (user === undefined) return 'unknown_user';
  return user.status === 'active' ? null : 'suspended_user';
}

async function findSite(
  tx: Prisma.TransactionClient,
  code: string | null,
): Promise<number | null | 'unknown'> {
  if (code === null) return null;
  const site = await tx.site.findUnique({ where: { code }, select: { id: true } });
  return site?.id ?? 'unknown';
}

/** Writes a grant and its event, under the lock on grants; what ended before begins anew. */
export async function keepGrant(
  tx: Prisma.TransactionClient,
  { userId, capability, siteId, expiresAt }: Omit<NewGrant, 'siteCode'> & { siteId: number | null },
  author: Author,
  now: Date,
): Promise<Grant> {
  const given = { grantedBy: author.by, reason: author.reason, expiresAt };
  const include = WITH_NAMES;
  const held = await tx.capabilityGrant.findFirst({
    where: { userId, capability, siteId },
    include,
  });
  const row =
    held === null
      ? await tx.capabilityGrant.create({
          data: { userId, capability, siteId, createdAt: now, ...given },
          include,
        })
      : await tx.capabilityGrant.update({ where: { id: held.id }, data: given, include });
  const grant = toGrant(row);
  const event = {
    action: held === null ? 'grant.added' : 'grant.changed',
    ...{ entity: 'grant', entityId: String(grant.id) },
    ...{ before: held === null ? null : describeGrant(toGrant(held)), after: describeGrant(grant) },
  };
  await recordEvent(tx, event, author, now);
  return grant;
}
