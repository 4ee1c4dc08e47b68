/** How often a job is tried, and how long to wait in between. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  attempts: number;
  baseMs: number;
  capMs: number;
}

/**
 * Full jitter: anywhere in U(0, min(cap, base·2ⁿ)), so that callers that failed
 * together don't come back together (facts/operations.md, overload control).
 *
 * @param retry 0 for the first retry
 * @param random uniform in [0, 1)
 * @returns whole milliseconds
 */
export function fullJitterMs(
  retry: number,
  policy: Pick<RetryPolicy, 'baseMs' | 'capMs'>,
  random: () => number,
): number {
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** retry);
  return Math.floor(random() * ceiling);
}
