import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistogram } from './histogram.js';
import { createTimeline } from './timeline.js';

describe('createTimeline', () => {
  it('keeps the most of each tenth of a second, and what lasts between them', () => {
    const timeline = createTimeline(1_000, 0);
    timeline.note(1_010, 1);
    timeline.note(1_020, 2);
    timeline.note(1_090, 1);
    timeline.note(1_350, 3);
    timeline.note(1_360, 0);
    expect(timeline.read(1_450)).toEqual({ bucketMs: 100, maxima: [2, 1, 1, 3, 0] });
  });

  it('never grows beyond its bound, and never loses the maximum', () => {
    const changes = fc.array(fc.tuple(fc.nat(400_000), fc.nat(9)), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(changes, (steps) => {
        const timeline = createTimeline(0, 0);
        let nowMs = 0;
        for (const [gap, level] of steps) timeline.note((nowMs += gap), level);
        const { bucketMs, maxima } = timeline.read(nowMs);
        expect(maxima.length).toBeLessThanOrEqual(2_000);
        expect(maxima.length).toBe(Math.floor(nowMs / bucketMs) + 1);
        expect(Math.max(...maxima)).toBe(Math.max(...steps.map(([, level]) => level)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('createHistogram', () => {
  it('tells percentiles to within two per cent', () => {
    const histogram = createHistogram();
    expect(histogram.read()).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 });
    for (let ms = 1; ms <= 1_000; ms += 1) histogram.add(ms);
    const { count, p50, p90, p99, max } = histogram.read();
    expect([count, max]).toEqual([1_000, 1_000]);
    for (const [told, exact] of [
      [p50, 500],
      [p90, 900],
      [p99, 990],
    ] as const) {
      expect(Math.abs(told - exact) / exact).toBeLessThan(0.02);
    }
  });
});
