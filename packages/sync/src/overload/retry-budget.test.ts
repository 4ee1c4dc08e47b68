import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BudgetSettings, fullBudget, refill, spendRetry } from './retry-budget.js';

const SETTINGS: BudgetSettings = {
  ...{ tokens: 10, perSuccess: 0.1, baseMs: 5_000, longestMs: 300_000, trickleMs: 30_000 },
};
const most = () => 1 - Number.EPSILON;
const least = () => 0;

describe('a retry', () => {
  it('waits by full jitter, twice as long each time, to a bound', () => {
    const delays = [1, 2, 3, 7, 8, 20].map(
      (tries) => spendRetry(fullBudget(SETTINGS), SETTINGS, tries, 0, most).delayMs,
    );

    expect(delays).toEqual([4_999, 9_999, 19_999, 299_999, 299_999, 299_999]);
    expect(spendRetry(fullBudget(SETTINGS), SETTINGS, 5, 0, least).delayMs).toBe(0);
  });

  it('costs a token; ten times in all', () => {
    let state = fullBudget(SETTINGS);
    const spent: boolean[] = [];
    for (let retries = 0; retries < 11; retries += 1) {
      const next = spendRetry(state, SETTINGS, 1, 0, least);
      ({ state } = next);
      spent.push(next.spent);
    }
    expect(spent).toEqual([...Array<boolean>(10).fill(false), true]);
  });

  it('without a token follows the one before at a distance, and none is refused', () => {
    const empty = { tokens: 0.9, trickleAt: 0 };
    const first = spendRetry(empty, SETTINGS, 1, 1_000, least);
    const second = spendRetry(first.state, SETTINGS, 1, 2_000, least);
    const late = spendRetry(second.state, SETTINGS, 1, 500_000, least);

    expect(first).toMatchObject({ spent: true, delayMs: 30_000, state: { tokens: 0.9 } });
    expect(second.delayMs).toBe(31_000 + 30_000 - 2_000);
    expect(late.delayMs).toBe(30_000);
  });
});

it('ten calls that go well give a retry back, and never more than there were', () => {
  const after = (calls: number, tokens: number) =>
    Array.from({ length: calls }).reduce<number>(
      (left) => refill({ tokens: left, trickleAt: 0 }, SETTINGS).tokens,
      tokens,
    );

  expect(after(10, 3)).toBeCloseTo(4);
  expect(after(1, 9.95)).toBe(10);
});

it('the budget is never above its size nor below nothing; retries without delay are never more than it and a tenth of what went well', () => {
  const deeds = fc.array(
    fc.record({ isRetry: fc.boolean(), tries: fc.integer({ min: 1, max: 9 }), gapMs: fc.nat(50) }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(deeds, (given) => {
      let state = fullBudget(SETTINGS);
      let [now, successes, quick] = [0, 0, 0];
      for (const { isRetry, tries, gapMs } of given) {
        now += gapMs;
        if (isRetry) {
          const next = spendRetry(state, SETTINGS, tries, now, least);
          ({ state } = next);
          if (next.delayMs < SETTINGS.trickleMs) quick += 1;
        } else {
          state = refill(state, SETTINGS);
          successes += 1;
        }
        expect(state.tokens).toBeLessThanOrEqual(SETTINGS.tokens);
        expect(state.tokens).toBeGreaterThanOrEqual(0);
      }
      expect(quick).toBeLessThanOrEqual(SETTINGS.tokens + successes / 10 + 1e-9);
    }),
  );
});
