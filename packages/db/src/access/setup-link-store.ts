import { CAPABILITIES } from '@passerelle/roster';
import type { Author, Grant, SetupLinkStore, SetupOutcome } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { keepGrant, refuseHolder } from './add-grant.js';
import { recordEvent } from './audit-log.js';
import { lockGrants, readGrantors } from './grantors.js';

/** The one-time link, in the one row of `setup_links`. */
export function createSetupLinkStore(client: PrismaClient): SetupLinkStore {
  return {
    keepSetupLink: (link, now) =>
      client.$transaction(async (tx) => {
        await lockGrants(tx);
        if ((await readGrantors(tx, now)).length > 0) return false;
        await tx.setupLink.upsert({ where: { id: 1 }, create: link, update: link });
        return true;
      }, TRANSACTION),
    hasSetupLink: async (hash, now) =>
      (await client.setupLink.count({ where: { hash, expiresAt: { gt: now } } })) > 0 &&
      (await readGrantors(client, now)).length === 0,
    redeemSetupLink: (...args) => redeemSetupLink(client, ...args),
  };
}

/** A link whose person may not have it stays as it is: somebody else may come. */
async function redeemSetupLink(
  client: PrismaClient,
  hash: string,
  userId: number,
  author: Author,
  now: Date,
): Promise<SetupOutcome> {
  return client.$transaction(async (tx) => {
    await lockGrants(tx);
    if ((await readGrantors(tx, now)).length > 0) return { outcome: 'invalid_link' };
    const link = await tx.setupLink.findFirst({ where: { hash, expiresAt: { gt: now } } });
    if (link === null) return { outcome: 'invalid_link' };
    const refusal = await refuseHolder(tx, userId);
    if (refusal !== null) return { outcome: refusal };
    await tx.setupLink.deleteMany();
    const event = { action: 'setup.redeemed', entity: 'user', entityId: String(userId) };
    await recordEvent(tx, { ...event, before: null, after: null }, author, now);
    const grants: Grant[] = [];
    for (const capability of CAPABILITIES) {
      const grant = { userId, capability, siteId: null, expiresAt: null };
      grants.push(await keepGrant(tx, grant, author, now));
    }
    return { outcome: 'done', grants };
  }, TRANSACTION);
}
