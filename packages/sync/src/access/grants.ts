import { type Holding, holds, reaches, reachOf } from '@passerelle/roster';
import { type Author, actorOf, type Grant, type GrantOutcome } from '../ports/access.js';
import type { AccessContext } from './context.js';
import { type Giver, holdingsOf } from './holdings-of.js';

type Deps = Pick<AccessContext, 'grants' | 'tokens' | 'now'>;

/** What became of giving a right; `beyond_reach`: the giver may not give it there, or not as long. */
export type GiveOutcome = GrantOutcome | { outcome: 'beyond_reach' };

/**
 * Gives somebody a capability, everywhere or for a site. Nobody gives what they do not
 * hold themselves, with `auth/netypareo:grant` beside it, there and as long: else who
 * may grant for one site, or until May, would be able to do everything for good.
 */
export async function giveGrant(
  deps: Deps,
  wanted: Pick<Grant, 'userId' | 'capability' | 'siteCode' | 'expiresAt'>,
  giver: Giver,
  author: Author,
): Promise<GiveOutcome> {
  const held = await holdingsOf(deps, giver);
  const grant: Holding = { ...wanted, capability: 'auth/netypareo:grant' };
  if (!holds(held, wanted) || !holds(held, grant)) return { outcome: 'beyond_reach' };
  return deps.grants.addGrant(wanted, byGiver(author, giver), deps.now());
}

/** Takes a capability away, where the giver may grant; elsewhere it is as if it did not exist. */
export async function takeGrant(
  deps: Deps,
  id: number,
  giver: Giver,
  author: Author,
): Promise<GrantOutcome> {
  const grant = await deps.grants.getGrant(id);
  const reach = reachOf(await holdingsOf(deps, giver), 'auth/netypareo:grant');
  if (grant === null || !reaches(reach, grant.siteCode)) return { outcome: 'unknown_grant' };
  return deps.grants.removeGrant(id, byGiver(author, giver), deps.now());
}

function byGiver(author: Author, giver: Giver): Author {
  return giver === 'administrator' ? author : { ...author, by: actorOf(giver) };
}
