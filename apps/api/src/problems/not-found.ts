import { ProblemError } from './problem-error.js';

/** What does not exist, or is of a site that the caller does not see. */
export function notFound(detail: string): ProblemError {
  return new ProblemError('not-found', { detail });
}
