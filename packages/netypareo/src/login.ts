import { type Caller, compileFaultRule } from './caller.js';
import type { LoginContract } from './contract/schema.js';
import { fillParameters } from './contract/template.js';
import { testOf } from './decode/condition.js';
import type { SoapFault } from './decode/fault.js';
import { mismatch, mismatchedAnswer, undecided } from './transport/errors.js';

export type LoginValidator = (
  username: string,
  password: string,
  signal: AbortSignal,
  /** What must come out well before the source is asked. */
  cleared?: Promise<unknown>,
) => Promise<'yes' | 'no'>;

/**
 * Checks logins with the contract's operation. "Cannot tell", by the contract or
 * because nothing in it fits, is an error: never a yes, and never a no.
 */
export function createLoginValidator(
  caller: Caller,
  login: LoginContract | 'none',
): LoginValidator {
  if (login === 'none') {
    return () => Promise.reject(mismatch('the login', 'the contract names no operation for it'));
  }
  const { operation, parameters } = login;
  const answers = login.answers.map((rule) => ({ fits: testOf(rule), means: rule.means }));
  const faults = (login.faults ?? []).map(compileFaultRule);
  const meaningOf = (fault: SoapFault) => faults.find(({ fits }) => fits(fault))?.means;
  const paths = login.answers.map(({ path }) => path);

  return async (username, password, signal, cleared) => {
    const answer = await caller.callForValues({
      purpose: 'login',
      operation,
      siteCode: null,
      parameters: fillParameters(parameters, { username, password }),
      paths,
      isAnswer: (fault) => ['yes', 'no'].includes(meaningOf(fault) ?? ''),
      signal,
      ...(cleared && { cleared }),
    });
    const { fault, values } = answer;
    const means =
      fault === null ? answers.find(({ fits }) => fits(values))?.means : meaningOf(fault);
    if (means === 'yes' || means === 'no') return means;
    if (fault !== null) throw caller.faultError(operation, fault);
    if (means === 'cannotTell') throw undecided(operation);
    const what = 'it fits none of the rules under login.answers';
    throw mismatchedAnswer(operation, what, answer.structure());
  };
}
