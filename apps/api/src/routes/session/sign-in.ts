import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { endpoint } from '../../table/endpoint.js';
import { beginSession } from './begin-session.js';
import { LOGIN_PROBLEMS, requireLogin } from './check-login.js';
import { credentials } from './credentials.js';
import { sessionJson } from './session-json.js';

/** Somebody signs in. Learners and tutors have no business here: it takes a capability. */
export const signIn = endpoint({
  summary: 'Sign in with a NetYParéo login',
  description:
    'Sets the session cookie. The answer has the CSRF token that changes have to send in `X-CSRF-Token`.',
  body: z.strictObject(credentials),
  answers: { 201: sessionJson },
  problems: ['login-refused', 'no-capability', ...LOGIN_PROBLEMS],
  handle: async ({ body }, scope) => {
    const { deps, from, now } = scope;
    const person = await requireLogin(scope, { ...body, from });
    const accesses = await deps.grants.accessesOf(person.id, now);
    if (accesses.length === 0) throw new ProblemError('no-capability');
    return { status: 201 as const, ...(await beginSession(scope, person.id, accesses)) };
  },
});
