import type { ByteWindow } from './byte-window.js';
import { GREATER, LESS } from './characters.js';
import { startsAt } from './pattern.js';
import { noTag, parseStartTag, type StartTag } from './start-tag.js';

/** Finds tags that were parsed before by their bytes: an answer has thousands of each. */
export interface TagCache {
  /** Before any other tag. */
  readonly none: StartTag;
  /**
   * The tag whose `<` stands at `at`, null if it goes on beyond the end.
   * @param previous the tag before it
   * @throws NotWellFormed
   */
  find(window: ByteWindow, at: number, previous: StartTag): StartTag | null;
}

const SLOTS = 2_048;

export function createTagCache(): TagCache {
  const slots: (StartTag | undefined)[] = [];
  slots.length = SLOTS;
  return {
    none: noTag(),
    find({ bytes, view, end }, at, previous) {
      const slot = slotOf(bytes, at);
      const known = slots[slot];
      if (known !== undefined && startsAt(known.opening, view, at + 1)) {
        previous.nextButOne = previous.next;
        previous.next = known;
        return known;
      }
      const tag = parseStartTag(bytes, at, end);
      // Found by the bytes up to its first >, which must be its end.
      if (tag !== null && bytes.indexOf(GREATER, at) === at + tag.length - 1) slots[slot] = tag;
      return tag;
    },
  };
}

/** From a hash over the bytes up to the first `>`. */
function slotOf(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let index = at + 1; ; index++) {
    const byte = bytes[index] as number;
    if (byte === GREATER || byte === LESS) break;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash ^ (hash >>> 11)) & (SLOTS - 1);
}
