import { z } from 'zod';

/** Retries of the whole cluster: they may be a share of what goes well, never a flood. */
export const budgetState = z.object({
  tokens: z.number(),
  /** Without a token retries come one by one, the next not before then. */
  trickleAt: z.number(),
});
export type BudgetState = z.infer<typeof budgetState>;

/** Durations in milliseconds. */
export interface BudgetSettings {
  tokens: number;
  /** What a call that goes well gives back. */
  perSuccess: number;
  /** The wait before a first retry, at most (full jitter); each further one up to twice that. */
  baseMs: number;
  longestMs: number;
  /** Between two retries that have no token. */
  trickleMs: number;
}

export const fullBudget = (settings: Pick<BudgetSettings, 'tokens'>): BudgetState => ({
  tokens: settings.tokens,
  trickleAt: 0,
});

export function refill(state: BudgetState, settings: BudgetSettings): BudgetState {
  return { ...state, tokens: Math.min(settings.tokens, state.tokens + settings.perSuccess) };
}

/**
 * Spends a token for a retry.
 * @param tries how often the part has failed, from 1
 * @param random uniform in [0, 1)
 * @returns how long to wait before it, in milliseconds
 */
export function spendRetry(
  state: BudgetState,
  settings: BudgetSettings,
  tries: number,
  now: number,
  random: () => number,
): { state: BudgetState; delayMs: number; spent: boolean } {
  const ceiling = Math.min(settings.longestMs, settings.baseMs * 2 ** (tries - 1));
  const jittered = Math.floor(random() * ceiling);
  if (state.tokens >= 1) {
    return { state: { ...state, tokens: state.tokens - 1 }, delayMs: jittered, spent: false };
  }
  const at = Math.max(now, state.trickleAt) + settings.trickleMs;
  return { state: { ...state, trickleAt: at }, delayMs: at - now + jittered, spent: true };
}
