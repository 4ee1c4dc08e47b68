import { intern } from '../intern.js';
import { newPattern, type Pattern, startsAt } from './pattern.js';

/** Finds short texts that come again and again by their bytes, without making them anew. */
export interface NameMemo {
  /** The ASCII text from `from` to `to`. */
  textOf(bytes: Buffer, view: DataView, from: number, to: number): string;
}

const SLOTS = 1_024;
const LONGEST = 64;

export function createNameMemo(): NameMemo {
  const slots: ({ pattern: Pattern; text: string } | undefined)[] = [];
  slots.length = SLOTS;
  return {
    textOf(bytes, view, from, to) {
      const length = to - from;
      const slot = slotOf(view, from, length);
      const known = slots[slot];
      if (known?.pattern.length === length && startsAt(known.pattern, view, from)) {
        return known.text;
      }
      const text = intern(bytes.toString('latin1', from, to));
      if (length <= LONGEST) {
        slots[slot] = { pattern: newPattern(bytes.subarray(from, to)), text };
      }
      return text;
    },
  };
}

/** From the length and what stands at the beginning and the end; others may share the slot. */
function slotOf(view: DataView, from: number, length: number): number {
  const first = length >= 4 ? view.getInt32(from, true) : view.getUint8(from);
  const last = length >= 8 ? view.getInt32(from + length - 4, true) : 0;
  const hash = Math.imul(Math.imul(first, 31) + last, -0x61c88647) + length;
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
