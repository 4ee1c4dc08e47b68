import { isUtf8 } from 'node:buffer';
import { DecodeError } from '../decode-error.js';
import { LESS } from './characters.js';
import { LONGEST_PATTERN } from './pattern.js';

/** The part of a document that is in memory: what was not yet consumed, and the newest chunk. */
export interface ByteWindow {
  /** At `end` stands a `<`, so that loops need not look for the end. */
  bytes: Buffer;
  /** The same bytes. */
  view: DataView;
  /** The first byte not consumed. */
  start: number;
  /** After the last whole character. */
  end: number;
  /** The position of `bytes[0]` in the document. */
  base: number;
  /** @throws DecodeError if it is no UTF-8 */
  append(chunk: Uint8Array): void;
  /** Did the document end within a character? */
  isMidCharacter(): boolean;
}

/** Enough for an answer to a question. */
const INITIAL_BYTES = 8 * 1024;
/** Enough for the chunks in which a longer one comes. */
const ROOMY_BYTES = 128 * 1024;
/** Comparisons may look so far beyond the end, where they find the `<` first. */
const BEYOND = LONGEST_PATTERN + 8;

export function createByteWindow(): ByteWindow {
  let carry: Buffer = Buffer.alloc(0);
  const initial = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  const window: ByteWindow = {
    bytes: initial,
    view: viewOf(initial),
    start: 0,
    end: 0,
    base: 0,
    append(chunk) {
      const added = carry.length + chunk.length;
      makeRoom(added);
      const { bytes, end } = window;
      bytes.set(carry, end);
      bytes.set(chunk, end + carry.length);
      const whole = endOfWhole(bytes, end, end + added);
      if (!isUtf8(bytes.subarray(end, whole))) {
        throw new DecodeError('malformed', 'holds bytes that are no text in its encoding');
      }
      carry = Buffer.from(bytes.subarray(whole, end + added));
      bytes[whole] = LESS;
      window.end = whole;
    },
    isMidCharacter: () => carry.length > 0,
  };

  function makeRoom(added: number): void {
    const { bytes, start, end } = window;
    const needed = end - start + added + BEYOND;
    const target =
      needed <= bytes.length
        ? bytes
        : Buffer.allocUnsafeSlow(Math.max(needed, bytes.length * 2, ROOMY_BYTES));
    bytes.copy(target, 0, start, end);
    if (target !== bytes) window.view = viewOf(target);
    window.bytes = target;
    window.base += start;
    window.start = 0;
    window.end = end - start;
  }

  return window;
}

/** Where the last whole character of UTF-8 ends; what is no UTF-8 is left to be refused. */
function endOfWhole(bytes: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at >= from && at >= to - 3; at--) {
    const byte = bytes[at] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return at + length > to ? at : to;
  }
  return to;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
