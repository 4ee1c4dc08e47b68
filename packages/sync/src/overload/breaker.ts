import { z } from 'zod';

/** Whether the source is left alone for a while. */
export const breakerState = z.object({
  /** Calls that met overload since the last that went well. */
  failures: z.int(),
  /** Since when it rests; null: it does not. */
  restingSince: z.number().nullable(),
  /** When it may be probed. */
  probeAt: z.number(),
  /** Pauses in a row, for the next one's length. */
  pauses: z.int(),
  /** A probe is under way, and its process alive, until then at most. */
  probingUntil: z.number(),
});
export type BreakerState = z.infer<typeof breakerState>;

/** Durations in milliseconds. */
export interface BreakerSettings {
  /** Failures in a row after which the source is left alone. */
  failures: number;
  /** The first pause; each further one is twice as long. */
  pauseMs: number;
  longestPauseMs: number;
  /** What full jitter may shorten a pause to. */
  shortestPauseMs: number;
  /** A Retry-After that asks for longer is taken for so long only. */
  longestRetryAfterMs: number;
}

export const CLOSED: BreakerState = {
  ...{ failures: 0, restingSince: null, probeAt: 0, pauses: 0, probingUntil: 0 },
};

/**
 * Counts a failure; enough in a row, or a server that names a time to come back
 * at, begin a rest.
 * @param random uniform in [0, 1)
 */
export function countFailure(
  state: BreakerState,
  settings: BreakerSettings,
  retryAfterMs: number | undefined,
  now: number,
  random: () => number,
): BreakerState {
  const counted = { ...state, failures: state.failures + 1 };
  if (state.restingSince !== null) return postponed(counted, settings, retryAfterMs, now);
  if (counted.failures < settings.failures && retryAfterMs === undefined) return counted;
  return {
    ...counted,
    restingSince: now,
    pauses: 1,
    probeAt: now + pauseMs(0, settings, retryAfterMs, random),
  };
}

/** The probe failed: another pause, longer. */
export function probeFailed(
  state: BreakerState,
  settings: BreakerSettings,
  retryAfterMs: number | undefined,
  now: number,
  random: () => number,
): BreakerState {
  return {
    ...state,
    failures: state.failures + 1,
    probingUntil: 0,
    pauses: state.pauses + 1,
    probeAt: now + pauseMs(state.pauses, settings, retryAfterMs, random),
  };
}

/** May a probe be made, and is it the caller's to make? */
export function isProbeDue(state: BreakerState, now: number): boolean {
  return state.restingSince !== null && state.probeAt <= now && state.probingUntil <= now;
}

/** Calls that were under way when the rest began may still say how long it is to be. */
function postponed(
  state: BreakerState,
  settings: BreakerSettings,
  retryAfterMs: number | undefined,
  now: number,
): BreakerState {
  if (retryAfterMs === undefined) return state;
  const until = now + Math.min(retryAfterMs, settings.longestRetryAfterMs);
  return { ...state, probeAt: Math.max(state.probeAt, until) };
}

/** Full jitter, so that whoever failed together doesn't come back together; never before the server asks. */
function pauseMs(
  pauses: number,
  settings: BreakerSettings,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const longest = Math.min(settings.longestPauseMs, settings.pauseMs * 2 ** pauses);
  const jittered = Math.max(settings.shortestPauseMs, Math.floor(random() * longest));
  const asked = Math.min(retryAfterMs ?? 0, settings.longestRetryAfterMs);
  return Math.max(jittered, asked);
}
