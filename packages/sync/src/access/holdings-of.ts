import { CAPABILITIES, type Holding, narrowHoldings } from '@passerelle/roster';
import type { Caller, GrantStore, Token, TokenStore } from '../ports/access.js';
import type { AccessContext } from './context.js';

/**
 * Who gives rights: a caller, or the administrator of the machine, who has the
 * database itself and may give everything.
 */
export type Giver = Caller | 'administrator';

type Deps = { grants: Pick<GrantStore, 'accessesOf'>; tokens: Pick<TokenStore, 'getToken'> } & Pick<
  AccessContext,
  'now'
>;

/** What somebody who gives rights holds at this moment. */
export async function holdingsOf(deps: Deps, giver: Giver): Promise<readonly Holding[]> {
  if (giver === 'administrator') return EVERYTHING;
  if (giver.kind === 'user') return deps.grants.accessesOf(giver.userId, deps.now());
  const token = await deps.tokens.getToken(giver.tokenId);
  return token === null ? [] : holdingsOfToken(deps, token);
}

/**
 * What a token allows at this moment: what was written into it, but never more than
 * its maker holds now. A token outlives its maker's rights by not one request.
 */
export async function holdingsOfToken(deps: Deps, token: Token): Promise<readonly Holding[]> {
  if (!isInForce(token, deps.now())) return [];
  return narrowHoldings(writtenIn(token), await holdingsOfMaker(deps, token));
}

const EVERYTHING: readonly Holding[] = CAPABILITIES.map((capability) => ({
  ...{ capability, siteCode: null, expiresAt: null },
}));

function isInForce({ revokedAt, expiresAt }: Token, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

function writtenIn({ capabilities, siteCodes, expiresAt }: Token): Holding[] {
  const sites = siteCodes.length === 0 ? [null] : siteCodes;
  return capabilities.flatMap((capability) =>
    sites.map((siteCode) => ({ capability, siteCode, expiresAt })),
  );
}

/** An unknown kind of maker gives nothing. */
async function holdingsOfMaker(deps: Deps, token: Token): Promise<readonly Holding[]> {
  if (token.createdBy.startsWith('cli:')) return EVERYTHING;
  const [, kind, digits] = /^(user|token):(\d{1,10})$/.exec(token.createdBy) ?? [];
  const id = Number(digits);
  if (kind === 'user') return deps.grants.accessesOf(id, deps.now());
  // A maker is older than what it makes: no circle.
  if (kind !== 'token' || id >= token.id) return [];
  const maker = await deps.tokens.getToken(id);
  return maker === null ? [] : holdingsOfToken(deps, maker);
}
