import { CAPABILITIES, type Access } from '@passerelle/roster';
import { type Session, toUserJson, userJson } from '@passerelle/sync';
import { z } from 'zod';
import type { Scope } from '../../table/scope.js';

/** Who is signed in, and what they may do. */
export const sessionJson = z.strictObject({
  user: userJson.nullable().describe('Null: a program, which has a token.'),
  token: z.strictObject({ id: z.int(), name: z.string() }).nullable(),
  capabilities: z.array(
    z.strictObject({
      capability: z.enum(CAPABILITIES),
      site: z.string().nullable().describe('Null: everywhere.'),
    }),
  ),
  csrfToken: z.string().nullable().describe('To be sent in X-CSRF-Token with each change.'),
  expiresAt: z.iso.datetime().nullable().describe('When it is over, whatever happens.'),
});
export type SessionJson = z.infer<typeof sessionJson>;

/** The document of somebody's session. */
export async function toSessionJson(
  { deps }: Pick<Scope, 'deps'>,
  session: Session,
  csrfToken: string,
  accesses: readonly Access[],
): Promise<SessionJson> {
  const user = await deps.users.getUser(session.userId);
  return {
    user: user === null ? null : toUserJson(user),
    token: null,
    capabilities: toCapabilities(accesses),
    csrfToken,
    expiresAt: session.expiresAt.toISOString(),
  };
}

export function toCapabilities(accesses: readonly Access[]): SessionJson['capabilities'] {
  return accesses.map(({ capability, siteCode: site }) => ({ capability, site }));
}
