import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityAt, nextStepMs, parseCapacityPlan } from './plan.js';
import { parseDuration } from './time.js';
import { nextBeginMs, parseWindows, windowAt } from './windows.js';

describe('parseCapacityPlan', () => {
  it('reads a number, and steps', () => {
    expect(parseCapacityPlan('4')).toEqual([{ atMs: 0, children: 4 }]);
    const plan = parseCapacityPlan('4@0, 1@30s,6@1.5m');
    expect(plan).toEqual([
      { atMs: 0, children: 4 },
      { atMs: 30_000, children: 1 },
      { atMs: 90_000, children: 6 },
    ]);
    expect([0, 29_999, 30_000, 90_000].map((at) => capacityAt(plan, at))).toEqual([4, 4, 1, 6]);
    expect([0, 30_000, 90_000].map((at) => nextStepMs(plan, at))).toEqual([30_000, 90_000, null]);
    expect(capacityAt(null, 5)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(['', '4@', 'four', '4@30', '-1', '4@1s', '4@0,1@2s,2@2s', '4@0,,1@2s', '4@0;1@2s'])(
    'refuses %j with what it expects',
    (text) => {
      expect(() => parseCapacityPlan(text)).toThrow(
        `${text}: expected a number such as 4, or steps`,
      );
    },
  );
});

describe('parseWindows', () => {
  it('reads one and several', () => {
    const windows = parseWindows('0-30s,1m-90s');
    expect(windows).toEqual([
      { fromMs: 0, toMs: 30_000 },
      { fromMs: 60_000, toMs: 90_000 },
    ]);
    expect(windowAt(windows, 30_000)).toBeUndefined();
    expect(windowAt(windows, 60_000)).toBe(windows[1]);
    expect(nextBeginMs(windows, 0)).toBe(60_000);
  });

  it.each(['', '10s', '10-70s', '70s-10s', '1s-1s', '1s-2s-3s'])('refuses %j', (text) => {
    expect(() => parseWindows(text)).toThrow(`${text}: expected a time from and a time to`);
  });
});

describe('parseDuration', () => {
  it('reads what it is meant to', () => {
    const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    fc.assert(
      fc.property(fc.nat(1_000), fc.constantFrom('ms', 's', 'm', 'h'), (count, unit) => {
        expect(parseDuration(`${count}${unit}`)).toBe(count * units[unit]);
      }),
    );
    expect(parseDuration('0')).toBe(0);
    expect(() => parseDuration('5')).toThrow('expected a time with its unit');
  });
});
