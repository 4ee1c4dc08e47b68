import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BreakerSettings,
  type BreakerState,
  CLOSED,
  countFailure,
  isProbeDue,
  probeFailed,
} from './breaker.js';

const SETTINGS: BreakerSettings = {
  ...{ failures: 5, pauseMs: 60_000, longestPauseMs: 900_000, shortestPauseMs: 5_000 },
  longestRetryAfterMs: 3_600_000,
};
const most = () => 1 - Number.EPSILON;
const least = () => 0;

/** So many failures in a row, a second apart, from a time on. */
function failTimes(times: number, now: number, random: () => number): BreakerState {
  let state = CLOSED;
  for (let index = 0; index < times; index += 1) {
    state = countFailure(state, SETTINGS, undefined, now + index * 1_000, random);
  }
  return state;
}

describe('failures in a row', () => {
  it('begin a rest with the fifth, not before', () => {
    expect(failTimes(4, 0, most)).toMatchObject({ failures: 4, restingSince: null });
    expect(failTimes(5, 0, most)).toMatchObject({ failures: 5, restingSince: 4_000, pauses: 1 });
  });

  it('that come in while it rests change nothing but their number', () => {
    const rests = failTimes(5, 0, most);

    expect(failTimes(8, 0, most)).toEqual({ ...rests, failures: 8 });
  });
});

describe('a pause', () => {
  it('is dealt out by full jitter, between the shortest and a minute at first', () => {
    expect(failTimes(5, 0, least).probeAt).toBe(4_000 + 5_000);
    expect(failTimes(5, 0, () => 0.5).probeAt).toBe(4_000 + 30_000);
    expect(failTimes(5, 0, most).probeAt).toBe(4_000 + 59_999);
  });

  it('may be twice as long after each probe that fails, to the bound', () => {
    let state = failTimes(5, 0, most);
    const pauses: number[] = [];
    for (let probes = 0; probes < 6; probes += 1) {
      state = probeFailed(state, SETTINGS, undefined, 0, most);
      pauses.push(Math.round(state.probeAt / 60_000));
    }
    expect(pauses).toEqual([2, 4, 8, 15, 15, 15]);
  });

  it('is as long as the server asks, if that is longer; at most an hour', () => {
    const asked = (retryAfterMs: number) =>
      probeFailed(failTimes(5, 0, least), SETTINGS, retryAfterMs, 0, least).probeAt;

    expect(asked(1_000)).toBe(5_000);
    expect(asked(120_000)).toBe(120_000);
    expect(asked(86_400_000)).toBe(3_600_000);
  });
});

describe('Retry-After', () => {
  it('begins a rest at the first failure: the server has named its time', () => {
    const state = countFailure(CLOSED, SETTINGS, 300_000, 1_000, most);

    expect(state).toMatchObject({ failures: 1, restingSince: 1_000, probeAt: 301_000 });
  });

  it('of a call that ends while it rests puts the probe off, never forward', () => {
    const rests = failTimes(5, 0, most);

    expect(countFailure(rests, SETTINGS, 600_000, 5_000, most).probeAt).toBe(605_000);
    expect(countFailure(rests, SETTINGS, 7_200_000, 5_000, most).probeAt).toBe(3_605_000);
    expect(countFailure(rests, SETTINGS, 1_000, 5_000, most).probeAt).toBe(rests.probeAt);
  });
});

describe('a probe', () => {
  const rests = failTimes(5, 0, most);

  it('is due when the pause has passed, and nobody else makes it', () => {
    expect(isProbeDue(rests, rests.probeAt - 1)).toBe(false);
    expect(isProbeDue(rests, rests.probeAt)).toBe(true);
    const taken = { ...rests, probingUntil: rests.probeAt + 30_000 };
    expect(isProbeDue(taken, rests.probeAt + 29_999)).toBe(false);
    // Whoever made it was killed.
    expect(isProbeDue(taken, rests.probeAt + 30_000)).toBe(true);
  });

  it('is never due while the source does not rest', () => {
    expect(isProbeDue(CLOSED, 1e12)).toBe(false);
  });

  it('that failed frees the next one', () => {
    const taken = { ...rests, probingUntil: 90_000 };

    expect(probeFailed(taken, SETTINGS, undefined, 70_000, most)).toMatchObject({
      ...{ probingUntil: 0, failures: 6, pauses: 2, restingSince: rests.restingSince },
    });
  });
});

it('whatever chance and the server say, a pause lies between the shortest and the longest', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const asks = fc.option(fc.nat(10_000_000), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.tuple(chance, asks), { maxLength: 30 }), (probes) => {
      let state = failTimes(5, 0, most);
      for (const [random, retryAfterMs] of probes) {
        state = probeFailed(state, SETTINGS, retryAfterMs, 0, () => random);
        const asked = Math.min(retryAfterMs ?? 0, SETTINGS.longestRetryAfterMs);
        expect(state.probeAt).toBeGreaterThanOrEqual(Math.max(SETTINGS.shortestPauseMs, asked));
        expect(state.probeAt).toBeLessThanOrEqual(Math.max(SETTINGS.longestPauseMs, asked));
      }
    }),
  );
});
