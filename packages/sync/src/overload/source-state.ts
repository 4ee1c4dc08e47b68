import { z } from 'zod';
import type { SourceCall } from '../ports/source-gate.js';
import type { Overload } from '../ports/source.js';
import {
  type BreakerSettings,
  breakerState,
  CLOSED,
  countFailure,
  isProbeDue,
  probeFailed,
} from './breaker.js';
import type { SourceEvent } from './events.js';
import {
  afterOverload,
  afterRest,
  afterSuccess,
  initialLimit,
  type LimitSample,
  type LimitSettings,
  limitState,
} from './limit.js';
import {
  budgetState,
  type BudgetSettings,
  fullBudget,
  refill,
  spendRetry,
} from './retry-budget.js';

/** What all processes know of how the source fares. */
export const sourceState = z.object({
  limit: limitState,
  breaker: breakerState,
  budget: budgetState,
  /** When a call last went well, in milliseconds since 1970; null: never. */
  lastSuccessAt: z.number().nullable(),
  lastFailure: z.object({ at: z.number(), overload: z.string(), operation: z.string() }).nullable(),
});
export type SourceState = z.infer<typeof sourceState>;

export interface OverloadSettings {
  limit: LimitSettings;
  breaker: BreakerSettings;
  budget: BudgetSettings;
  /** The most calls at once, over all processes and purposes. */
  hardCap: number;
  /** How long the server works on a call at most: a permit whose call we gave up on comes back then. */
  serverLimitMs: number;
}

/** What an administrator may set of it; times in milliseconds. */
export interface OverloadOptions {
  hardCap: number;
  serverLimitMs: number;
  /** The first pause after failures in a row. */
  restMs: number;
  /** The longest wait before a part's first retry. */
  retryBaseMs: number;
}

/** The starting point of facts/operations.md, with the law that docs/performance.md measured. */
export function overloadSettings(options: OverloadOptions): OverloadSettings {
  const { hardCap, serverLimitMs, restMs, retryBaseMs } = options;
  return {
    limit: {
      max: Math.max(1, hardCap - 1),
      firstPatienceMs: 30_000,
      longestPatienceMs: 600_000,
    },
    breaker: {
      failures: 5,
      pauseMs: restMs,
      // A probe is cheap; a longer pause would only let a server that is back stand idle.
      longestPauseMs: restMs * 5,
      shortestPauseMs: Math.ceil(restMs / 12),
      longestRetryAfterMs: 3_600_000,
    },
    budget: {
      tokens: 10,
      perSuccess: 0.1,
      baseMs: retryBaseMs,
      longestMs: 300_000,
      trickleMs: Math.ceil(restMs / 2),
    },
    hardCap,
    serverLimitMs,
  };
}

export function initialState(settings: OverloadSettings): SourceState {
  return {
    limit: initialLimit(settings.limit),
    breaker: CLOSED,
    budget: fullBudget(settings.budget),
    lastSuccessAt: null,
    lastFailure: null,
  };
}

/** A call that has ended. */
export interface EndedCall extends LimitSample {
  call: SourceCall;
  overload: Overload | null;
  retryAfterMs?: number | undefined;
}

export interface Judgement {
  state: SourceState;
  events: SourceEvent[];
}

/**
 * What a call that ended teaches. Pure: the same state, call, time and chance
 * give the same answer.
 * @param random uniform in [0, 1)
 */
export function judge(
  state: SourceState,
  ended: EndedCall,
  settings: OverloadSettings,
  now: number,
  random: () => number,
): Judgement {
  return ended.overload === null
    ? judgeSuccess(state, ended, settings, now)
    : judgeOverload(state, ended, ended.overload, settings, now, random);
}

function judgeSuccess(
  state: SourceState,
  ended: EndedCall,
  settings: OverloadSettings,
  now: number,
): Judgement {
  const budget = refill(state.budget, settings.budget);
  const { restingSince } = state.breaker;
  if (restingSince !== null) {
    // One that was under way when the rest began says nothing of now.
    if (ended.startedAt <= restingSince) return { state: { ...state, budget }, events: [] };
    const limit = afterRest(state.limit, now);
    const next = { ...state, budget, limit, breaker: CLOSED, lastSuccessAt: now };
    return { state: next, events: [{ kind: 'rest_ended', restedMs: now - restingSince }] };
  }
  const limit = afterSuccess(state.limit, ended, settings.limit, now);
  const { current: from } = state.limit;
  return {
    state: { ...state, budget, limit, breaker: CLOSED, lastSuccessAt: now },
    events: limit.current > from ? [{ kind: 'limit_raised', from, to: limit.current }] : [],
  };
}

function judgeOverload(
  state: SourceState,
  ended: EndedCall,
  overload: Overload,
  settings: OverloadSettings,
  now: number,
  random: () => number,
): Judgement {
  const { operation, siteCode, purpose } = ended.call;
  const { retryAfterMs } = ended;
  const lastFailure = { at: now, overload, operation };
  if (purpose === 'probe' || isAsGoodAsAProbe(state, ended, now)) {
    const breaker = probeFailed(state.breaker, settings.breaker, retryAfterMs, now, random);
    const event = { kind: 'probe_failed', overload, until: breaker.probeAt } as const;
    return { state: { ...state, breaker, lastFailure }, events: [event] };
  }
  const limit = afterOverload(state.limit, ended, settings.limit, now);
  const breaker = countFailure(state.breaker, settings.breaker, retryAfterMs, now, random);
  const events: SourceEvent[] = [];
  const { current: from } = state.limit;
  const at = { overload, operation, siteCode };
  if (limit.current < from) events.push({ kind: 'limit_cut', from, to: limit.current, ...at });
  if (breaker.restingSince !== null && state.breaker.restingSince === null) {
    const { failures, probeAt: until } = breaker;
    const asked = retryAfterMs !== undefined;
    events.push({ kind: 'rest_begun', failures, until, asked, ...at });
  }
  return { state: { ...state, limit, breaker, lastFailure }, events };
}

/**
 * Others may call while the source rests: people, and a process that has not even the
 * WSDL. What meets overload when a probe is due has told as much as that would have.
 */
function isAsGoodAsAProbe(
  { breaker }: SourceState,
  { startedAt }: EndedCall,
  now: number,
): boolean {
  return isProbeDue(breaker, now) && startedAt > (breaker.restingSince ?? now);
}

/** Whether to probe the source now; if so it is the caller's task alone, for as long as a call may take. */
export function claimProbe(
  state: SourceState,
  settings: OverloadSettings,
  now: number,
): Judgement & { result: boolean } {
  if (!isProbeDue(state.breaker, now)) return { state, events: [], result: false };
  const breaker = { ...state.breaker, probingUntil: now + settings.serverLimitMs };
  return { state: { ...state, breaker }, events: [], result: true };
}

/**
 * Takes a retry out of the cluster's budget.
 * @param tries how often the part has failed, from 1
 * @returns as `result`, how long to wait before it, in milliseconds
 */
export function claimRetry(
  state: SourceState,
  settings: OverloadSettings,
  tries: number,
  now: number,
  random: () => number,
): Judgement & { result: number } {
  const spent = spendRetry(state.budget, settings.budget, tries, now, random);
  const isFirstTrickle = spent.spent && state.budget.trickleAt <= now;
  return {
    state: { ...state, budget: spent.state },
    events: isFirstTrickle ? [{ kind: 'retries_spent', until: now + spent.delayMs }] : [],
    result: spent.delayMs,
  };
}
