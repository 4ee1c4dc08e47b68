import type { Access } from '@passerelle/roster';
import { csrfTokenOf, mintSessionSecret } from '../../identity/session-use.js';
import { SESSION_IDLE_MS } from '../../identity/session.js';
import type { Scope } from '../../table/scope.js';
import { type SessionJson, toSessionJson } from './session-json.js';

/** A working day; a session ends then, however busy it is. */
const SESSION_MS = 12 * 3_600_000;

/**
 * Begins a session of somebody whose login was good. Its secret is always a new one:
 * what the browser brought along is never taken over, and the session it had ends.
 */
export async function beginSession(
  scope: Scope,
  userId: number,
  accesses: readonly Access[],
): Promise<{ body: SessionJson; headers: { 'set-cookie': string } }> {
  const { deps, from, now } = scope;
  const { value, hash } = mintSessionSecret();
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  const idleUntil = new Date(now.getTime() + SESSION_IDLE_MS);
  const replaces = scope.session?.session.id ?? null;
  const session = await deps.sessions.createSession(
    { userId, createdAt: now, idleUntil, expiresAt, hash, replaces },
    { by: `user:${userId}`, reason: null, from },
    now,
  );
  const body = await toSessionJson(scope, session, csrfTokenOf(value), accesses);
  return { body, headers: { 'set-cookie': scope.cookie.set(value, { expiresAt, now }) } };
}
