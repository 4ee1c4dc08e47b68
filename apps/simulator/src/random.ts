/** Seeded randomness: the same numbers give the same centre, on every machine. */

/** Mixes integers into one unsigned 32-bit number (murmur3's finaliser after each). */
export function hash32(...parts: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = Math.imul(h ^ (part | 0), 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/** A number for a text (FNV-1a), for seeds and passwords. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  return h >>> 0;
}

/** A stream of random choices. */
export interface Rng {
  /** In [0, 1). */
  next(): number;
  /** An integer in [0, n). */
  int(n: number): number;
  /** An integer in [low, high]. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** A stream of its own for whatever the parts name (seed, kind of thing, index). */
export function createRng(...parts: readonly number[]): Rng {
  let state = hash32(...parts);
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (n: number): number => Math.floor(next() * n);
  return {
    next,
    int,
    between: (low, high) => low + int(high - low + 1),
    chance: (probability) => next() < probability,
    pick: (list) => pickAt(list, int(list.length)),
  };
}

/** The entry at an index, counted round the list. */
export function pickAt<T>(list: readonly T[], index: number): T {
  const entry = list[index % list.length];
  if (entry === undefined) {
    throw new RangeError('Cannot pick from an empty list.');
  }
  return entry;
}
