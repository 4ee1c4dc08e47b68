import { vi } from 'vitest';

/**
 * How long a test waits for what must come. A verdict is never a matter of speed: this
 * only ends what would never come, on a machine however busy.
 */
export const PATIENCE_MS = 120_000;

interface Waiting {
  /** ms; {@link PATIENCE_MS} by default */
  timeout?: number;
  /** Between two looks, ms; 25 by default. */
  interval?: number;
}

/** Waits until `look` no longer throws, and returns what it returned then. */
export function eventually<Result>(
  look: () => Result | Promise<Result>,
  waiting: Waiting = {},
): Promise<Result> {
  return vi.waitFor(look, { timeout: PATIENCE_MS, interval: 25, ...waiting });
}

/** Waits until `look` returns something true, and returns that. */
export function untilTrue<Result>(
  look: () => Result | Promise<Result>,
  waiting: Waiting = {},
): Promise<Exclude<Result, false | null | undefined | 0 | ''>> {
  return vi.waitUntil(look, { timeout: PATIENCE_MS, interval: 25, ...waiting });
}
