import { ProblemError } from './problem-error.js';

/**
 * What only the registry could tell of a field: that nothing has its code, or that it is past.
 * @param path as in `errors` of all such problems: `body.site`
 */
export function invalidField(path: string, message: string): ProblemError {
  return new ProblemError('invalid-request', { members: { errors: [{ path, message }] } });
}
