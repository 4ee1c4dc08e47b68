import { CAPABILITIES } from '@passerelle/roster';
import { z } from 'zod';
import type { AuditEvent, Grant, Token } from '../ports/access.js';

const instant = z.iso.datetime();
const capability = z.enum(CAPABILITIES);

/** One capability of one person, wherever it is printed or answered. */
export const grantJson = z.strictObject({
  id: z.int(),
  /** `teacher:7` */
  user: z.string(),
  capability,
  /** Null: everywhere. */
  site: z.string().nullable(),
  grantedBy: z.string(),
  reason: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant.nullable(),
});
export type GrantJson = z.infer<typeof grantJson>;

/** A program's right, without its secret. */
export const tokenJson = z.strictObject({
  id: z.int(),
  name: z.string(),
  capabilities: z.array(capability),
  /** Empty: everywhere. */
  sites: z.array(z.string()),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type TokenJson = z.infer<typeof tokenJson>;

/** A token that has just been made, with the secret that is told this once. */
export const newTokenJson = tokenJson.extend({ secret: z.string() });

/** One thing that someone did. */
export const auditEventJson = z.strictObject({
  id: z.string(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  entity: z.string(),
  entityId: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
  from: z.string().nullable(),
});
export type AuditEventJson = z.infer<typeof auditEventJson>;

/** A grant as JSON. */
export function toGrantJson(grant: Grant): GrantJson {
  const { id, user, siteCode: site, grantedBy, reason } = grant;
  return {
    ...{ id, user, capability: grant.capability, site, grantedBy, reason },
    createdAt: grant.createdAt.toISOString(),
    expiresAt: grant.expiresAt?.toISOString() ?? null,
  };
}

/** A token as JSON. */
export function toTokenJson(token: Token): TokenJson {
  const { id, name, capabilities, siteCodes: sites, createdBy } = token;
  return {
    ...{ id, name, capabilities, sites, createdBy },
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
  };
}

/** An event as JSON. */
export function toAuditEventJson({ at, ...event }: AuditEvent): AuditEventJson {
  return { ...event, at: at.toISOString() };
}
