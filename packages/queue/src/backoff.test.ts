import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullJitterMs } from './backoff.js';

test('a wait is never longer than the cap or the doubled base', () => {
  const arbitrary = fc.record({
    retry: fc.nat(2_000),
    baseMs: fc.integer({ min: 1, max: 100_000 }),
    capMs: fc.integer({ min: 1, max: 3_600_000 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  fc.assert(
    fc.property(arbitrary, ({ retry, baseMs, capMs, random }) => {
      const wait = fullJitterMs(retry, { baseMs, capMs }, () => random);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(Math.min(capMs, baseMs * 2 ** retry) + 1);
    }),
  );
});

test('it doubles from the base up to the cap', () => {
  const waits = [0, 1, 2, 3].map((retry) =>
    fullJitterMs(retry, { baseMs: 1_000, capMs: 5_000 }, () => 0.5),
  );
  expect(waits).toEqual([500, 1_000, 2_000, 2_500]);
});
