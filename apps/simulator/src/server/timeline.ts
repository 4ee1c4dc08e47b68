/** The most calls under way in each span of time since the beginning (or the last reset). */
export interface TimelineReading {
  /** How long each span is; doubles when there would be too many. */
  bucketMs: number;
  maxima: number[];
}

/** Keeps what was in flight over time, within bounds. */
export interface Timeline {
  /** From now on so many are under way. */
  note(nowMs: number, inFlight: number): void;
  read(nowMs: number): TimelineReading;
}

const FIRST_BUCKET_MS = 100;
const MOST_BUCKETS = 2_000;

/** Starts one at a time, with so many under way. */
export function createTimeline(startMs: number, inFlight: number): Timeline {
  let bucketMs = FIRST_BUCKET_MS;
  let maxima = [inFlight];
  let level = inFlight;
  const reach = (nowMs: number): void => {
    let index = Math.floor((nowMs - startMs) / bucketMs);
    while (index >= MOST_BUCKETS) {
      maxima = halve(maxima);
      bucketMs *= 2;
      index = Math.floor((nowMs - startMs) / bucketMs);
    }
    while (maxima.length <= index) maxima.push(level);
  };
  return {
    note(nowMs, next) {
      reach(nowMs);
      level = next;
      maxima.push(Math.max(maxima.pop() ?? 0, next));
    },
    read(nowMs) {
      reach(nowMs);
      return { bucketMs, maxima: [...maxima] };
    },
  };
}

/** Two spans become one. */
const halve = (maxima: readonly number[]): number[] =>
  maxima.flatMap((most, index) =>
    index % 2 === 0 ? [Math.max(most, maxima[index + 1] ?? 0)] : [],
  );
