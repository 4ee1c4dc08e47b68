export const IS_FULL = process.env.RELIABILITY === 'full';

/**
 * How much of a test is done: `npm run test:reliability` does all of it
 * (RELIABILITY=full), `npm test` a sample.
 */
export function amount(sizes: { sample: number; full: number }): number {
  return IS_FULL ? sizes.full : sizes.sample;
}

/** The seed of all that is random; RELIABILITY_SEED tries another one. */
const SEED = Number(process.env.RELIABILITY_SEED ?? '1');

/** Random numbers that are the same for the same seed and name. */
export interface Dice {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** Makes them (mulberry32, by Tommy Ettinger). */
export function createDice(name: string): Dice {
  let state = [...`${SEED} ${name}`].reduce(
    (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193),
    0x811c9dc5,
  );
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    pick: <Item>(items: readonly Item[]) => {
      const [item] = items.slice(below(items.length));
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
  };
}
