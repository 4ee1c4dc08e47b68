import { endpoint, ok } from '../../table/endpoint.js';
import { sessionJson, toCapabilities, toSessionJson } from './session-json.js';

/** Who calls. */
export const showSession = endpoint({
  summary: 'Show who is signed in, what they may do, and their CSRF token',
  answers: { 200: sessionJson },
  handle: async (_request, scope) => {
    const { caller, session } = scope;
    const capabilities = caller?.accesses ?? [];
    if (session !== null) {
      return ok(await toSessionJson(scope, session.session, session.csrfToken, capabilities));
    }
    const token = caller?.kind === 'token' ? { id: caller.tokenId, name: caller.name } : null;
    return ok({
      ...{ user: null, token, capabilities: toCapabilities(capabilities) },
      ...{ csrfToken: null, expiresAt: null },
    });
  },
});
