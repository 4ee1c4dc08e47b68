import type { ProblemName } from '../problems/table.js';
import type { Route } from './route.js';

/** Every route may answer with these. */
const OF_ALL = [
  'invalid-request',
  // Of public ones, too: a token that does not hold is always refused.
  'not-signed-in',
  'unknown-host',
  'rate-limited',
  'unexpected',
  'registry-unreachable',
  'too-slow',
  'stopping',
] as const;
const OF_BODIES = ['malformed-body', 'body-too-large', 'unsupported-media-type'] as const;

/** All problems that a route may answer with: its own, and those of what it is. */
export function problemsOf({ method, access, endpoint }: Route): ProblemName[] {
  const isChange = method !== 'GET';
  return [
    ...(endpoint.problems ?? []),
    ...OF_ALL,
    ...(typeof access === 'string' ? [] : (['not-allowed'] as const)),
    ...(isChange ? (['csrf-token'] as const) : []),
    ...(isChange ? OF_BODIES : []),
    ...(endpoint.idempotent === true ? (['idempotency-key-reused'] as const) : []),
  ];
}
