import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OVERLOADS, type Overload } from '../ports/source.js';
import type { CallPurpose } from '../ports/source-gate.js';
import { sourceEvent } from './events.js';
import {
  claimProbe,
  claimRetry,
  type EndedCall,
  initialState,
  judge,
  type Judgement,
  overloadSettings,
  sourceState,
  type SourceState,
} from './source-state.js';

const SETTINGS = overloadSettings({
  ...{ hardCap: 4, serverLimitMs: 30_000, restMs: 60_000, retryBaseMs: 5_000 },
});
const half = () => 0.5;

const ended = (
  startedAt: number,
  overload: Overload | null,
  more: Partial<EndedCall> & { purpose?: CallPurpose } = {},
): EndedCall => {
  const { purpose = 'reading', ...rest } = more;
  const call = { purpose, operation: 'getApprenants', siteCode: '3' };
  return { call, startedAt, inFlight: 1, overload, ...rest };
};

/** Judges calls one after the other, each 100 ms long. */
function judgeAll(
  from: SourceState,
  calls: readonly { at: number; overload: Overload | null; inFlight?: number }[],
): Judgement {
  let state = from;
  const events = [];
  for (const { at, overload, inFlight = 1 } of calls) {
    const judged = judge(state, ended(at - 100, overload, { inFlight }), SETTINGS, at, half);
    ({ state } = judged);
    events.push(...judged.events);
  }
  return { state, events };
}

const failures = (times: number) =>
  Array.from({ length: times }, (_, index) => ({
    at: (index + 1) * 1_000,
    overload: 'http_502' as const,
  }));

describe('settings', () => {
  it('keep one permit for logins, unless there is one only', () => {
    const maxOf = (hardCap: number) =>
      overloadSettings({ hardCap, serverLimitMs: 1, restMs: 1, retryBaseMs: 1 }).limit.max;

    expect([1, 2, 4, 10].map(maxOf)).toEqual([1, 1, 3, 9]);
  });
});

describe('judge', () => {
  it('tells of a raised limit, with what it was', () => {
    expect(judgeAll(initialState(SETTINGS), [{ at: 1_000, overload: null }]).events).toEqual([
      { kind: 'limit_raised', from: 1, to: 2 },
    ]);
  });

  it('tells of a cut with the operation and the site it happened at', () => {
    const { state } = judgeAll(initialState(SETTINGS), [{ at: 1_000, overload: null }]);
    const cut = judge(state, ended(1_100, 'reset', { inFlight: 2 }), SETTINGS, 1_200, half);

    expect(cut.events).toEqual([
      {
        kind: 'limit_cut',
        from: 2,
        to: 1,
        overload: 'reset',
        operation: 'getApprenants',
        siteCode: '3',
      },
    ]);
    expect(cut.state.lastFailure).toEqual({
      ...{ at: 1_200, overload: 'reset', operation: 'getApprenants' },
    });
  });

  it('lets the source rest after five failures in a row, and says until when', () => {
    const { state, events } = judgeAll(initialState(SETTINGS), failures(5));

    expect(state.breaker).toMatchObject({ restingSince: 5_000, probeAt: 35_000 });
    expect(events).toEqual([
      {
        ...{ kind: 'rest_begun', failures: 5, until: 35_000, asked: false },
        ...{ overload: 'http_502', operation: 'getApprenants', siteCode: '3' },
      },
    ]);
  });

  it('counts failures anew after a call that went well', () => {
    const mixed = [...failures(4), { at: 5_000, overload: null }, ...failures(4)];

    expect(judgeAll(initialState(SETTINGS), mixed).state.breaker).toMatchObject({
      ...{ restingSince: null, failures: 4 },
    });
  });

  it('ends the rest with the first call that began after it and went well', () => {
    const { state } = judgeAll(initialState(SETTINGS), failures(5));
    const stale = judge(state, ended(4_999, null), SETTINGS, 6_000, half);
    const fresh = judge(
      stale.state,
      ended(36_000, null, { purpose: 'probe' }),
      SETTINGS,
      36_400,
      half,
    );

    expect(stale.events).toEqual([]);
    expect(stale.state.breaker.restingSince).toBe(5_000);
    expect(fresh.events).toEqual([{ kind: 'rest_ended', restedMs: 31_400 }]);
    expect(fresh.state).toMatchObject({ breaker: { restingSince: null }, limit: { current: 1 } });
  });

  it('puts the next probe off when one failed, and cuts no limit for it', () => {
    const { state } = judgeAll(initialState(SETTINGS), failures(5));
    const probe = ended(36_000, 'timeout', { purpose: 'probe' });
    const failed = judge(state, probe, SETTINGS, 40_000, half);

    expect(failed.events).toEqual([{ kind: 'probe_failed', overload: 'timeout', until: 100_000 }]);
    expect(failed.state.limit).toEqual(state.limit);
  });

  it('puts the next probe off for any call that failed when it was due', () => {
    const { state } = judgeAll(initialState(SETTINGS), failures(5));
    const due = state.breaker.probeAt + 1_000;
    const call = ended(due, 'http_502', { purpose: 'onDemand' });
    const failed = judge(state, call, SETTINGS, due + 100, half);

    expect(failed.events).toMatchObject([{ kind: 'probe_failed', until: due + 60_100 }]);
    expect(failed.state.breaker).toMatchObject({ probeAt: due + 60_100, pauses: 2 });
    // Before it is due, or begun before the rest, it changes nothing of that.
    for (const [startedAt, at] of [
      [state.breaker.probeAt - 2_000, state.breaker.probeAt - 1_000],
      [1_000, due],
    ] as const) {
      const early = judge(state, ended(startedAt, 'http_502'), SETTINGS, at, half);
      expect(early.state.breaker.probeAt).toBe(state.breaker.probeAt);
    }
  });
});

describe('a claim', () => {
  it('to the probe is for one alone, and for as long as a call may take', () => {
    const { state } = judgeAll(initialState(SETTINGS), failures(5));
    const early = claimProbe(state, SETTINGS, 34_999);
    const first = claimProbe(state, SETTINGS, 35_000);

    expect([early.result, first.result]).toEqual([false, true]);
    expect(claimProbe(first.state, SETTINGS, 64_999).result).toBe(false);
    expect(claimProbe(first.state, SETTINGS, 65_000).result).toBe(true);
  });

  it('to a retry tells once that the budget is spent', () => {
    let state = initialState(SETTINGS);
    const events = [];
    for (let retries = 0; retries < 13; retries += 1) {
      const claim = claimRetry(state, SETTINGS, 1, 1_000, half);
      ({ state } = claim);
      events.push(...claim.events);
    }
    // Half of 5 s by jitter, after the 30 s to the first that has no token.
    expect(events).toEqual([{ kind: 'retries_spent', until: 1_000 + 32_500 }]);
  });
});

describe('laws', () => {
  const calls = fc.array(
    fc.record({
      overload: fc.option(fc.constantFrom(...OVERLOADS), { nil: null, freq: 2 }),
      purpose: fc.constantFrom<CallPurpose>('reading', 'onDemand', 'login', 'probe'),
      inFlight: fc.integer({ min: 1, max: 4 }),
      gapMs: fc.nat(20_000),
      tookMs: fc.nat(40_000),
      retryAfterMs: fc.option(fc.nat(100_000), { nil: undefined, freq: 9 }),
      chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    { maxLength: 80 },
  );

  it('judging is pure: it changes nothing it was given, and answers the same again', () => {
    fc.assert(
      fc.property(calls, (given) => {
        let state = deepFreeze(initialState(SETTINGS));
        let now = 0;
        for (const { gapMs, tookMs, chance, purpose, overload, ...more } of given) {
          now += gapMs;
          const call = deepFreeze(ended(now - tookMs, overload, { purpose, ...more }));
          const once = judge(state, call, SETTINGS, now, () => chance);
          expect(judge(state, call, SETTINGS, now, () => chance)).toEqual(once);
          state = deepFreeze(once.state);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('what it leaves and tells can always be stored and read again', () => {
    fc.assert(
      fc.property(calls, (given) => {
        let state = initialState(SETTINGS);
        let now = 1;
        for (const { gapMs, tookMs, chance, purpose, overload, ...more } of given) {
          now += gapMs;
          const call = ended(now - tookMs, overload, { purpose, ...more });
          const judged = judge(state, call, SETTINGS, now, () => chance);
          ({ state } = judged);
          expect(sourceState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
          for (const event of judged.events) expect(sourceEvent.parse(event)).toEqual(event);
        }
      }),
      { numRuns: 40 },
    );
  });
});

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
