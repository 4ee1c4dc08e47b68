import { narrowReach, type Reach, reachOf } from '@passerelle/roster';
import type { Caller } from '@passerelle/sync';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from '../deps.js';
import { ProblemError } from '../problems/problem-error.js';
import type { RouteAccess } from '../table/access.js';
import { callerOfBearer } from './bearer.js';
import { isChange, refuseForeignOrigin } from './csrf.js';
import { callerOfSession, sessionOf } from './session.js';
import type { SessionCookie } from './session-cookie.js';
import type { SessionUse } from './session-use.js';

/** Who calls, and how far they may do what the route does. */
export interface Identity {
  caller: Caller | null;
  session: SessionUse | null;
  reach: Reach;
}

/**
 * Finds out who calls and whether the route is for them. A token that does not
 * hold is refused even where nobody needs to be known, and never makes way for a cookie.
 * @throws ProblemError
 */
export async function identify(
  deps: ApiDeps,
  cookie: SessionCookie,
  access: RouteAccess,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Identity> {
  const { authorization } = request.headers;
  const value = request.cookies[cookie.name];
  if (access === 'signIn') {
    if (authorization !== undefined && (await callerOfBearer(deps, authorization)) === null)
      throw notSignedIn();
    refuseForeignOrigin(request, deps.listen.publicUrl);
    const session = value === undefined ? null : await sessionOf(deps, value);
    return { caller: null, session, reach: [] };
  }
  if (authorization !== undefined) {
    const caller = await callerOfBearer(deps, authorization);
    if (caller === null) throw notSignedIn();
    return { caller, session: null, reach: authorise(caller, access) };
  }
  if (isChange(request)) refuseForeignOrigin(request, deps.listen.publicUrl);
  const known =
    value === undefined ? null : await callerOfSession(deps, cookie, value, request, reply);
  if (known !== null) return { ...known, reach: authorise(known.caller, access) };
  if (access !== 'public') throw notSignedIn();
  return { caller: null, session: null, reach: [] };
}

/** How far the caller may do what a route does. @throws ProblemError if not at all */
export function authorise({ accesses }: Caller, access: RouteAccess): Reach {
  if (typeof access === 'string') return [];
  let reach: Reach = 'everywhere';
  for (const capability of access.capabilities) {
    reach = narrowReach(reach, reachOf(accesses, capability));
    if (reach.length === 0) throw notAllowed(capability, null);
    if (access.everywhere && reach !== 'everywhere') throw notAllowed(capability, 'everywhere');
  }
  return reach;
}

function notSignedIn(): ProblemError {
  return new ProblemError('not-signed-in', {
    headers: { 'www-authenticate': 'Bearer realm="Passerelle"' },
  });
}

function notAllowed(capability: string, where: 'everywhere' | null): ProblemError {
  return new ProblemError('not-allowed', {
    detail:
      where === null
        ? `It takes the capability ${capability}.`
        : `It takes the capability ${capability} everywhere, since it concerns all sites.`,
    members: { capability, ...(where === null ? {} : { where }) },
  });
}
