import { notFound } from '../../problems/not-found.js';
import { endpoint } from '../../table/endpoint.js';

/** The session ends, wherever its cookie may be. */
export const signOut = endpoint({
  summary: 'Sign out',
  answers: { 204: null },
  problems: ['not-found'],
  handle: async (_request, { deps, session, cookie, author, now }) => {
    if (session === null) throw notFound('A token has no session. It ends when it is revoked.');
    const { id, userId } = session.session;
    await deps.sessions.endSessions({ id });
    const event = { action: 'session.ended', entity: 'user', entityId: String(userId) };
    await deps.audit.record({ ...event, before: null, after: null }, author(), now);
    return { status: 204 as const, headers: { 'set-cookie': cookie.clear() } };
  },
});
