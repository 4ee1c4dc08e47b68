import { isSetupSecret, redeemSetupLink } from '@passerelle/sync';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { endpoint } from '../../table/endpoint.js';
import { beginSession } from '../session/begin-session.js';
import { LOGIN_PROBLEMS, requireLogin } from '../session/check-login.js';
import { credentials } from '../session/credentials.js';
import { sessionJson } from '../session/session-json.js';

/** The first person takes all rights, with the link that the start printed. */
export const redeemSetup = endpoint({
  summary: 'Become the first who may grant, with the one-time set-up link',
  description:
    'Whoever has the link (`passerelle up` and `api` print it while nobody may grant) and a good NetYParéo login gets every capability everywhere, and is signed in.',
  body: z.strictObject({
    ...credentials,
    secret: z
      .string()
      .regex(/^[\w-]{43}$/, 'expected the 43 characters behind # in the link')
      .describe('What stands behind `#` in the link.'),
  }),
  answers: { 201: sessionJson },
  problems: ['login-refused', 'setup-link', ...LOGIN_PROBLEMS],
  handle: async ({ body: { secret, username, password } }, scope) => {
    const { deps, from } = scope;
    const access = { setupLinks: deps.setupLinks, now: () => scope.now };
    // Before any login is checked: strangers are not to try passwords here.
    if (!(await isSetupSecret(access, secret))) throw new ProblemError('setup-link');
    const { id } = await requireLogin(scope, { username, password, from });
    const author = { by: 'setup', reason: 'The one-time set-up link.', from };
    const { outcome } = await redeemSetupLink(access, { secret, userId: id }, author);
    if (outcome === 'invalid_link') throw new ProblemError('setup-link');
    if (outcome !== 'done') throw new ProblemError('login-refused');
    const accesses = await deps.grants.accessesOf(id, scope.now);
    return { status: 201 as const, ...(await beginSession(scope, id, accesses)) };
  },
});
