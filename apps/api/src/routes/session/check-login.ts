import type { LoginOutcome, LoginPerson, LoginRequest } from '@passerelle/sync';
import { ProblemError } from '../../problems/problem-error.js';
import type { ProblemName } from '../../problems/table.js';
import type { Scope } from '../../table/scope.js';

/** What may keep somebody from being told whether a login is good. */
export const LOGIN_PROBLEMS = ['too-many-logins', 'source-unreachable'] as const;

const PROBLEM_OF: Readonly<Record<'throttled' | 'unreachable', ProblemName>> = {
  throttled: 'too-many-logins',
  unreachable: 'source-unreachable',
};

/**
 * Who logs in; null: this is no good login, for whatever reason.
 * @throws ProblemError when it cannot be told
 */
export async function checkLogin(
  { deps, left }: Pick<Scope, 'deps' | 'left'>,
  request: LoginRequest,
): Promise<LoginPerson | null> {
  const answer: LoginOutcome = await deps.logins.validateLogin(request, left);
  if (answer.outcome === 'valid') return answer.person;
  if (answer.outcome === 'invalid') return null;
  throw new ProblemError(PROBLEM_OF[answer.outcome], {
    headers: { 'retry-after': String(answer.retryAfterSeconds) },
  });
}

/** As {@link checkLogin}, for whoever wants to sign in. @throws ProblemError for no good login, too */
export async function requireLogin(scope: Scope, request: LoginRequest): Promise<LoginPerson> {
  const person = await checkLogin(scope, request);
  if (person === null) throw new ProblemError('login-refused');
  return person;
}
