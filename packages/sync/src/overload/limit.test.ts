import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterOverload,
  afterRest,
  afterSuccess,
  initialLimit,
  type LimitSettings,
  type LimitState,
} from './limit.js';

const SETTINGS: LimitSettings = { max: 9, firstPatienceMs: 30_000, longestPatienceMs: 600_000 };

/** A state somewhere on the way; the cut, if there was one, is long ago. */
const at = (changes: Partial<LimitState>): LimitState => ({
  ...initialLimit(SETTINGS),
  ...changes,
});
const full = (state: LimitState, startedAt: number) => ({ startedAt, inFlight: state.current });

/** So many calls one after the other that go well with the limit used up, from a time on. */
function succeed(state: LimitState, times: number, now: number): LimitState {
  let next = state;
  for (let index = 0; index < times; index += 1) {
    next = afterSuccess(next, full(next, now - 1), SETTINGS, now);
  }
  return next;
}

describe('slow start', () => {
  it('begins with one call, and asks for one more with each that went well', () => {
    expect(initialLimit(SETTINGS).current).toBe(1);
    expect(
      [1, 2, 3, 5, 6].map((calls) => succeed(initialLimit(SETTINGS), calls, 10).current),
    ).toEqual([2, 3, 4, 6, 7]);
  });

  it('is over once a ceiling is known: then a round must go well for one more', () => {
    const known = at({ current: 2, ceiling: 7 });
    expect([1, 2, 4, 5].map((calls) => succeed(known, calls, 10).current)).toEqual([2, 3, 3, 4]);
  });

  it('ends at what reading may have', () => {
    expect(succeed(initialLimit(SETTINGS), 500, 10)).toMatchObject({ current: 9, ceiling: null });
  });
});

describe('a cut', () => {
  it('goes to just below what failed, and remembers that as the ceiling', () => {
    const cut = afterOverload(at({ current: 5 }), { startedAt: 0, inFlight: 5 }, SETTINGS, 100);

    expect(cut).toMatchObject({ current: 4, ceiling: 5, cutAt: 100, tryAt: 30_100 });
  });

  it('goes by the calls that were under way, if they were fewer', () => {
    const cut = afterOverload(at({ current: 8 }), { startedAt: 0, inFlight: 3 }, SETTINGS, 100);

    expect(cut).toMatchObject({ current: 2, ceiling: 3 });
  });

  it('halves when nothing went well since the one before', () => {
    const first = afterOverload(at({ current: 9 }), { startedAt: 0, inFlight: 9 }, SETTINGS, 100);
    const second = afterOverload(first, { startedAt: 101, inFlight: 8 }, SETTINGS, 200);

    expect(second).toMatchObject({ current: 4, ceiling: 8 });
  });

  it('learns no ceiling from a call that was alone: it is not for their number that it failed', () => {
    const cut = afterOverload(at({ current: 1 }), { startedAt: 0, inFlight: 1 }, SETTINGS, 100);

    expect(cut).toMatchObject({ current: 1, ceiling: null });
  });
});

describe('the ceiling', () => {
  const below = at({ current: 4, ceiling: 5, tryAt: 30_000, cutAt: 0 });

  it('is not tried again before the patience has passed', () => {
    expect(succeed(below, 400, 29_999)).toMatchObject({ current: 4, trying: false });
    expect(succeed(below, 4, 30_000)).toMatchObject({ current: 5, trying: true });
  });

  it('that fails again is left alone for twice as long, to a bound', () => {
    const waits: number[] = [];
    let state = below;
    for (let now = 30_000; waits.length < 7; now = state.tryAt) {
      state = succeed(state, 4, now);
      expect(state).toMatchObject({ current: 5, trying: true });
      state = afterOverload(state, full(state, now + 1), SETTINGS, now + 2);
      expect(state).toMatchObject({ current: 4, ceiling: 5 });
      waits.push(state.tryAt - now - 2);
    }
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000, 600_000]);
  });

  it('is forgotten after two rounds at it that went well', () => {
    const tried = succeed(below, 4, 30_000);

    expect(succeed(tried, 9, 30_001)).toMatchObject({ current: 5, trying: true });
    expect(succeed(tried, 10, 30_001)).toMatchObject({ current: 6, ceiling: null });
  });
});

it('after a rest it begins with one call again, and keeps the ceiling', () => {
  const rested = afterRest(at({ current: 4, ceiling: 5, clean: 3, trying: true }), 700);

  expect(rested).toMatchObject({ current: 1, ceiling: 5, clean: 0, trying: false, cutAt: 700 });
});

describe('laws', () => {
  interface Step {
    goesWell: boolean;
    inFlight: number;
    tookMs: number;
    gapMs: number;
    rests: boolean;
  }
  const steps = fc.array(
    fc.record<Step>({
      goesWell: fc.boolean(),
      inFlight: fc.integer({ min: 1, max: 12 }),
      tookMs: fc.nat(60_000),
      gapMs: fc.nat(40_000),
      rests: fc.nat(40).map((die) => die === 0),
    }),
    { maxLength: 200 },
  );
  const maxima = fc.integer({ min: 1, max: 9 });

  /** Walks through the steps and shows each to a witness. */
  function walk(max: number, given: readonly Step[], witness: (seen: Seen) => void): void {
    const settings = { ...SETTINGS, max };
    let state = initialLimit(settings);
    let now = 0;
    for (const { goesWell, inFlight, tookMs, gapMs, rests } of given) {
      now += gapMs;
      const sample = { startedAt: now - tookMs, inFlight };
      const judge = goesWell ? afterSuccess : afterOverload;
      const after = rests ? afterRest(state, now) : judge(state, sample, settings, now);
      witness({ before: state, after, sample, goesWell, rests, max });
      state = after;
    }
  }
  interface Seen {
    before: LimitState;
    after: LimitState;
    sample: { startedAt: number; inFlight: number };
    goesWell: boolean;
    rests: boolean;
    max: number;
  }
  const always = (witness: (seen: Seen) => void): void => {
    fc.assert(fc.property(maxima, steps, (max, given) => walk(max, given, witness)));
  };

  it('the limit is always from 1 to what reading may have', () => {
    always(({ after, max }) => {
      expect(after.current).toBeGreaterThanOrEqual(1);
      expect(after.current).toBeLessThanOrEqual(max);
    });
  });

  it('a call that began before the last cut neither raises nor cuts: one cut per window', () => {
    always(({ before, after, sample, rests }) => {
      const isStale = before.cutAt !== null && sample.startedAt <= before.cutAt;
      expect(isStale && !rests ? after : before).toEqual(before);
    });
  });

  it('a call that goes well far below the limit never raises it, and none cuts it', () => {
    always(({ before, after, sample, goesWell, rests }) => {
      if (!goesWell || rests) return;
      expect(after.current).toBeGreaterThanOrEqual(before.current);
      expect(after.current).toBeLessThanOrEqual(before.current + 1);
      // From three quarters on it counts as used.
      if (sample.inFlight < before.current * 0.75) expect(after.current).toBe(before.current);
    });
  });

  it('overload never raises it', () => {
    always(({ before, after, goesWell }) => {
      expect(goesWell ? 1 : after.current).toBeLessThanOrEqual(before.current);
    });
  });

  it('the ceiling is reached only while it is being tried', () => {
    always(({ after }) => {
      if (after.ceiling === null || after.trying) return;
      expect(after.current).toBeLessThan(after.ceiling);
    });
  });
});
