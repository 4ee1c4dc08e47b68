import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiLimits } from '../deps.js';
import { ProblemError } from '../problems/problem-error.js';

/** Counts a request against its limit. @throws ProblemError when there were too many */
export type RateLimit = (request: FastifyRequest) => Promise<void>;

const WINDOW_MS = 60_000;

/** Limits per minute: of an address, and of whoever was found to call. */
export function createRateLimits(
  app: FastifyInstance,
  { perAddress, perCaller }: ApiLimits,
  callerOf: (request: FastifyRequest) => string,
): { ofAddress: RateLimit; ofCaller: RateLimit } {
  const limit = (max: number, keyGenerator: (request: FastifyRequest) => string): RateLimit => {
    const count = app.createRateLimit({ max, timeWindow: WINDOW_MS, keyGenerator });
    return async (request) => {
      const result = await count(request);
      if (result.isAllowed || !result.isExceeded) return;
      throw new ProblemError('rate-limited', {
        headers: { 'retry-after': String(Math.max(1, result.ttlInSeconds)) },
      });
    };
  };
  return { ofAddress: limit(perAddress, ({ ip }) => ip), ofCaller: limit(perCaller, callerOf) };
}
