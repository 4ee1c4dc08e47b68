import { type Capability, isCapability } from '@passerelle/roster';
import type { Grant } from '@passerelle/sync';
import type { Prisma } from '../generated/client.js';

/** What a grant is made from. */
export const WITH_NAMES = {
  user: { select: { kind: true, code: true } },
  site: { select: { code: true } },
} satisfies Prisma.CapabilityGrantInclude;

type GrantRow = Prisma.CapabilityGrantGetPayload<{ include: typeof WITH_NAMES }>;

/** A grant as the use cases know it. */
export function toGrant({ user, site, siteId: _siteId, ...row }: GrantRow): Grant {
  return {
    ...row,
    capability: toCapability(row.capability),
    user: `${user.kind}:${user.code}`,
    siteCode: site?.code ?? null,
  };
}

function toCapability(text: string): Capability {
  if (isCapability(text)) return text;
  throw new Error(`There is no capability called ${text}.`);
}

/** What the audit keeps of a grant: ids, codes of sites and capabilities, no names. */
export function describeGrant({ userId, capability, siteCode, expiresAt, reason }: Grant): object {
  return { userId, capability, siteCode, expiresAt, reason };
}
