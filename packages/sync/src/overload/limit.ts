import { z } from 'zod';

/**
 * How many calls at once the server bears, as far as is known: the adaptive part
 * of the limit. Slow start until the server was seen to fail, then additive increase
 * by one after each round of calls that went well, and a memory of the ceiling that was
 * met, which is what keeps a sawtooth from costing a third of the time (performance.md,
 * "P6, simulated").
 */
export const limitState = z.object({
  /** Calls at once that are allowed now, at least 1. */
  current: z.int().positive(),
  /** The lowest number at which the server was seen to fail; null: never. */
  ceiling: z.int().min(2).nullable(),
  /** The ceiling itself is being tried again. */
  trying: z.boolean(),
  /** The wait before the ceiling is tried, in milliseconds; doubles while it fails. */
  patienceMs: z.number(),
  /** Not before then is the ceiling tried. */
  tryAt: z.number(),
  /** Calls that went well with the limit used to the full, since it last changed. */
  clean: z.int(),
  /** No call went well since the last cut. */
  unproven: z.boolean(),
  /** Calls begun before this do not cut again: one cut per window. */
  cutAt: z.number().nullable(),
});
export type LimitState = z.infer<typeof limitState>;

/** Durations in milliseconds; docs/performance.md says how they were found. */
export interface LimitSettings {
  /** What reading may use at most: the hard cap without what is kept for logins. */
  max: number;
  firstPatienceMs: number;
  longestPatienceMs: number;
}

/** A call, as the limit sees it. */
export interface LimitSample {
  startedAt: number;
  /** Calls under way when it began, itself included. */
  inFlight: number;
}

/** Slow start: from one call, one more with each that went well. */
export function initialLimit(settings: Pick<LimitSettings, 'firstPatienceMs'>): LimitState {
  return {
    ...{ current: 1, ceiling: null, trying: false, clean: 0, unproven: false },
    ...{ patienceMs: settings.firstPatienceMs, tryAt: 0, cutAt: null },
  };
}

/**
 * From this share of the limit on it counts as used: between the end of one call
 * and the beginning of the next there is always a gap.
 */
const USED_SHARE = 0.75;

/** After a call that went well. */
export function afterSuccess(
  state: LimitState,
  sample: LimitSample,
  settings: LimitSettings,
  now: number,
): LimitState {
  if (isStale(state, sample)) return state;
  // A limit that is far from used up proves nothing of the next one.
  if (sample.inFlight < state.current * USED_SHARE) return { ...state, unproven: false };
  const clean = state.clean + 1;
  const proven = { ...state, clean, unproven: false };
  if (clean < neededFor(state)) return proven;
  if (state.trying) {
    // The ceiling has gone: the server bears more than it did.
    const free = { ...proven, trying: false, ceiling: null, patienceMs: settings.firstPatienceMs };
    return raised(free, settings);
  }
  const { ceiling, current } = state;
  if (ceiling === null || current + 1 < ceiling) return raised(proven, settings);
  return now < state.tryAt
    ? proven
    : { ...raised(proven, settings), trying: current < settings.max };
}

/** After a call that met overload. */
export function afterOverload(
  state: LimitState,
  sample: LimitSample,
  settings: LimitSettings,
  now: number,
): LimitState {
  if (isStale(state, sample)) return state;
  const cut = { ...state, clean: 0, trying: false, unproven: true, cutAt: now };
  if (state.trying) {
    const patienceMs = Math.min(settings.longestPatienceMs, state.patienceMs * 2);
    return { ...cut, current: state.current - 1, patienceMs, tryAt: now + patienceMs };
  }
  const level = Math.min(state.current, Math.max(1, sample.inFlight));
  // With one call under way it is not for their number that it failed.
  if (level === 1) return { ...cut, current: 1 };
  // A second failure before anything went well: the server bears far less than it did.
  const current = state.unproven ? Math.max(1, Math.floor(level / 2)) : level - 1;
  const patienceMs = settings.firstPatienceMs;
  return { ...cut, current, ceiling: level, patienceMs, tryAt: now + patienceMs };
}

/** After a rest: from one call on, quickly back to what is known to work. */
export function afterRest(state: LimitState, now: number): LimitState {
  return { ...state, current: 1, clean: 0, trying: false, unproven: false, cutAt: now };
}

/** A call that began before the last cut says nothing of what holds since. */
function isStale({ cutAt }: LimitState, { startedAt }: LimitSample): boolean {
  return cutAt !== null && startedAt <= cutAt;
}

/**
 * Good calls before one more is asked for: one in slow start, which doubles the limit with
 * each round; a round of them where a ceiling is known; two while that is tried again.
 */
function neededFor({ ceiling, trying, current }: LimitState): number {
  if (ceiling === null) return 1;
  return trying ? 2 * current : current;
}

function raised(state: LimitState, { max }: LimitSettings): LimitState {
  return { ...state, current: Math.min(max, state.current + 1), clean: 0 };
}
