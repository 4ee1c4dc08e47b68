import { type Capability, holds } from '@passerelle/roster';
import { type Author, actorOf, type Caller, type Token } from '../ports/access.js';
import type { AccessContext } from './context.js';
import { type Giver, holdingsOf, holdingsOfToken } from './holdings-of.js';
import { mintSecret, parseToken, tokenText } from './token-secret.js';

/** What a program asks for. */
export interface TokenRequest {
  /** What it is for, shown in lists. */
  name: string;
  capabilities: Capability[];
  /** Empty: everywhere. */
  siteCodes: string[];
  /** Null: until it is revoked. */
  expiresAt: Date | null;
}

/** What became of the request. */
export type TokenOutcome =
  /** The secret is told here and never again: `psr_<id>_<43 characters>`. */
  | { outcome: 'done'; token: Token; secret: string }
  | { outcome: 'past_end' }
  | { outcome: 'unknown_site'; siteCode: string }
  /** The maker does not hold this everywhere asked for, or not as long. */
  | { outcome: 'beyond_reach'; capability: Capability };

/**
 * Makes a token for a program. It can do no more than its maker at any site, nor for
 * longer; and the maker must hold `auth/netypareo:grant` there too.
 */
export async function createToken(
  deps: Pick<AccessContext, 'tokens' | 'grants' | 'now'>,
  request: TokenRequest,
  maker: Giver,
  author: Author,
): Promise<TokenOutcome> {
  const now = deps.now();
  const { name, expiresAt } = request;
  const capabilities = [...new Set(request.capabilities)];
  const siteCodes = [...new Set(request.siteCodes)].sort();
  if (expiresAt !== null && expiresAt <= now) return { outcome: 'past_end' };
  const beyond = await findBeyond(deps, { capabilities, siteCodes, expiresAt }, maker);
  if (beyond !== null) return { outcome: 'beyond_reach', capability: beyond };
  const known = new Set(await deps.grants.siteCodes());
  const unknown = siteCodes.find((code) => !known.has(code));
  if (unknown !== undefined) return { outcome: 'unknown_site', siteCode: unknown };
  const { secret, hash } = mintSecret();
  const written = { name, capabilities, siteCodes, expiresAt, hash };
  // What narrows it at each use is its maker, whatever the author says.
  const by = maker === 'administrator' ? author.by : actorOf(maker);
  const token = await deps.tokens.createToken(written, { ...author, by }, now);
  return { outcome: 'done', token, secret: tokenText(token.id, secret) };
}

async function findBeyond(
  deps: Pick<AccessContext, 'tokens' | 'grants' | 'now'>,
  { capabilities, siteCodes, expiresAt }: Omit<TokenRequest, 'name'>,
  maker: Giver,
): Promise<Capability | null> {
  const held = await holdingsOf(deps, maker);
  const sites = siteCodes.length === 0 ? [null] : siteCodes;
  const isBeyond = (capability: Capability) =>
    sites.some((siteCode) => !holds(held, { capability, siteCode, expiresAt }));
  const needed: Capability[] = ['auth/netypareo:grant', ...capabilities];
  return needed.find(isBeyond) ?? null;
}

/**
 * Who is calling with a token, and what they may do now. Null: it is no token of ours,
 * or it is revoked or over.
 *
 * @param text the whole of it, as it was told to its maker
 */
export async function callerOfToken(
  deps: Pick<AccessContext, 'tokens' | 'grants' | 'now'>,
  text: string,
): Promise<Caller | null> {
  const shown = parseToken(text);
  if (shown === null) return null;
  const token = await deps.tokens.useToken(shown.hash, deps.now());
  if (token === null || token.id !== shown.id) return null;
  const accesses = await holdingsOfToken(deps, token);
  return { kind: 'token', tokenId: token.id, name: token.name, accesses };
}
