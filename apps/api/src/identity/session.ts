import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '@passerelle/sync';
import type { ApiDeps } from '../deps.js';
import { isChange, refuseForged } from './csrf.js';
import type { SessionCookie } from './session-cookie.js';
import {
  csrfTokenOf,
  hashSessionValue,
  renewSessionSecret,
  type SessionUse,
} from './session-use.js';

/** A session's secret is used so long before the browser gets another. */
const ROTATE_AFTER_MS = 10 * 60_000;
/** A session that nobody uses ends after this time. */
export const SESSION_IDLE_MS = 60 * 60_000;

type Deps = Pick<ApiDeps, 'sessions' | 'grants' | 'sync'>;

/** Who comes with a session's cookie; null: it holds no more. */
export async function callerOfSession(
  deps: Deps,
  cookie: SessionCookie,
  value: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ caller: Caller; session: SessionUse } | null> {
  const hash = hashSessionValue(value);
  if (hash === null) return null;
  const now = deps.sync.now();
  const session = await deps.sessions.findSession(hash, now);
  if (session === null) return null;
  const csrfToken = csrfTokenOf(value);
  if (isChange(request)) refuseForged(request, csrfToken);
  if (now.getTime() - session.rotatedAt.getTime() > ROTATE_AFTER_MS) {
    const next = renewSessionSecret(value);
    const idleUntil = earlier(new Date(now.getTime() + SESSION_IDLE_MS), session.expiresAt);
    const hashes = { from: hash, to: next.hash };
    // Another request of the same browser may have done so just now: that one's answer counts.
    const isOurs = await deps.sessions.rotateSession(session.id, hashes, idleUntil, now);
    if (isOurs) void reply.header('set-cookie', cookie.set(next.value, { ...session, now }));
  }
  const accesses = await deps.grants.accessesOf(session.userId, now);
  return {
    caller: { kind: 'user', userId: session.userId, sessionId: session.id, accesses },
    session: { session, csrfToken },
  };
}

/** The session of a cookie, whoever sends it: nothing may be done in its name. */
export async function sessionOf(
  { sessions, sync }: Pick<ApiDeps, 'sessions' | 'sync'>,
  value: string,
): Promise<SessionUse | null> {
  const hash = hashSessionValue(value);
  const session = hash === null ? null : await sessions.findSession(hash, sync.now());
  return session === null ? null : { session, csrfToken: csrfTokenOf(value) };
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
