import type { Caller } from '@passerelle/sync';
import type { ApiDeps } from '../deps.js';
import { ProblemError } from '../problems/problem-error.js';
import type { RouteAccess } from '../table/access.js';
import { callerOfBearer } from './bearer.js';
import { authorise, type Identity } from './identify.js';

/**
 * Whether who was let in would be let in again, and as far: the token was not revoked,
 * the session goes on, no grant was taken away.
 */
export async function stillMay(
  deps: ApiDeps,
  access: RouteAccess,
  { caller, reach }: Identity,
  authorization: string | undefined,
): Promise<boolean> {
  const now = caller === null ? null : await callerNow(deps, caller, authorization);
  if (now === null) return caller === null;
  try {
    return JSON.stringify(authorise(now, access)) === JSON.stringify(reach);
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

async function callerNow(
  deps: ApiDeps,
  caller: Caller,
  authorization: string | undefined,
): Promise<Caller | null> {
  if (caller.kind === 'token') return callerOfBearer(deps, authorization ?? '');
  const now = deps.sync.now();
  if (!(await deps.sessions.holdsSession(caller.sessionId, now))) return null;
  return { ...caller, accesses: await deps.grants.accessesOf(caller.userId, now) };
}
