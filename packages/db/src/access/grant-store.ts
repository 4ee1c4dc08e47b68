import { isCapability } from '@passerelle/roster';
import type { Author, GrantFilter, GrantOutcome, GrantStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { addGrant } from './add-grant.js';
import { recordEvent } from './audit-log.js';
import { describeGrant, toGrant, WITH_NAMES } from './grant-rows.js';
import { lockGrants, readGrantors, wouldLockOut } from './grantors.js';
import { beforeId, toPage } from './pages.js';

/** Who may do what, in `capability_grants`. */
export function createGrantStore(client: PrismaClient): GrantStore {
  return {
    listGrants: async (filter) => {
      const rows = await client.capabilityGrant.findMany({
        where: conditionOf(filter),
        include: WITH_NAMES,
        orderBy: { id: 'desc' },
        take: filter.limit + 1,
      });
      return toPage(rows, filter.limit, toGrant);
    },
    getGrant: async (id) => {
      const row = await client.capabilityGrant.findUnique({ where: { id }, include: WITH_NAMES });
      return row === null ? null : toGrant(row);
    },
    accessesOf: async (userId, now) => {
      const rows = await client.capabilityGrant.findMany({
        where: { userId, ...heldAt(now) },
        select: { capability: true, expiresAt: true, site: { select: { code: true } } },
        orderBy: { id: 'asc' },
      });
      return rows.flatMap(({ capability, expiresAt, site }) =>
        isCapability(capability) ? [{ capability, siteCode: site?.code ?? null, expiresAt }] : [],
      );
    },
    addGrant: (...args) => addGrant(client, ...args),
    removeGrant: (...args) => removeGrant(client, ...args),
    siteCodes: async () => {
      const rows = await client.site.findMany({ orderBy: { code: 'asc' }, select: { code: true } });
      return rows.map(({ code }) => code);
    },
    hasGrantor: async (now) => (await readGrantors(client, now)).length > 0,
  };
}

function conditionOf(filter: GrantFilter): Prisma.CapabilityGrantWhereInput {
  const { userId, capability, siteCodes, activeAt, cursor } = filter;
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(capability === undefined ? {} : { capability }),
    ...(siteCodes === undefined ? {} : { site: { code: { in: [...siteCodes] } } }),
    ...(activeAt === undefined ? {} : heldAt(activeAt)),
    ...beforeId(cursor),
  };
}

function heldAt(now: Date): Prisma.CapabilityGrantWhereInput {
  return {
    user: { status: 'active' },
    OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
  };
}

async function removeGrant(
  client: PrismaClient,
  id: number,
  author: Author,
  now: Date,
): Promise<GrantOutcome> {
  return client.$transaction(async (tx) => {
    await lockGrants(tx);
    const row = await tx.capabilityGrant.findUnique({ where: { id }, include: WITH_NAMES });
    if (row === null) return { outcome: 'unknown_grant' };
    if (await wouldLockOut(tx, id, 'removed', now)) return { outcome: 'last_holder' };
    await tx.capabilityGrant.delete({ where: { id } });
    const grant = toGrant(row);
    const event = {
      ...{ action: 'grant.removed', entity: 'grant', entityId: String(id) },
      ...{ before: describeGrant(grant), after: null },
    };
    await recordEvent(tx, event, author, now);
    return { outcome: 'done', grant };
  }, TRANSACTION);
}
