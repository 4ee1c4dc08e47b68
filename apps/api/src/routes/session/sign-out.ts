import { notFound } from '../../problems/not-found.js';
import { endpoint } from '../../table/endpoint.js';

/** The session ends, wherever its cookie may be. */
export const signOut = endpoint({
  summary: 'Sign out',
  answers: { 204: null },
  problems: ['not-found'],
  handle: async (_request, { deps, session, cookie, author, now }) => {
    if (session === null) throw notFound('A token has no session. It ends when it is revoked.');
    await deps.sessions.endSession(session.session.id, author(), now);
    return { status: 204 as const, headers: { 'set-cookie': cookie.clear() } };
  },
});
