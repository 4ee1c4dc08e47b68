/** Times in milliseconds, to within two per cent. */
export interface Percentiles {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Counts times without keeping each of them. */
export interface Histogram {
  add(ms: number): void;
  read(): Percentiles;
}

const STEP = Math.log(1.02);

/** Makes an empty one. */
export function createHistogram(): Histogram {
  const counts = new Map<number, number>();
  let count = 0;
  let max = 0;
  const percentile = (share: number): number => {
    let left = Math.ceil(count * share);
    for (const bucket of [...counts.keys()].toSorted((a, b) => a - b)) {
      left -= counts.get(bucket) ?? 0;
      if (left <= 0) return round(Math.min(max, Math.expm1(bucket * STEP)));
    }
    return 0;
  };
  return {
    add(ms) {
      const bucket = Math.round(Math.log1p(ms) / STEP);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
      count += 1;
      max = Math.max(max, ms);
    },
    read: () => ({
      ...{ count, p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99) },
      max: round(max),
    }),
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
