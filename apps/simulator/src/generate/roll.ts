/**
 * A list of people of whom only those that something happened to are kept; the others
 * are made anew from their position whenever they are asked for. So half a million
 * learners take hardly any memory.
 */
export interface Roll<P> extends Iterable<P> {
  readonly length: number;
  /** The person at a position; not to be changed. */
  at(index: number): P;
  /** The person at a position, to be changed: kept from now on. */
  hold(index: number): P;
  /** Whoever something happened to, if they are at this position. */
  held(index: number): P | undefined;
  /** Adds one more at the end. */
  grow(): P;
}

/** A roll of `length` people made by a pure function of their position. */
export function createRoll<P>(length: number, make: (index: number) => P): Roll<P> {
  const held = new Map<number, P>();
  let size = length;
  const at = (index: number): P => held.get(index) ?? make(index);
  return {
    get length() {
      return size;
    },
    at,
    hold(index) {
      const person = at(index);
      held.set(index, person);
      return person;
    },
    held: (index) => held.get(index),
    grow() {
      size += 1;
      return at(size - 1);
    },
    *[Symbol.iterator]() {
      for (let index = 0; index < size; index += 1) {
        yield at(index);
      }
    },
  };
}
