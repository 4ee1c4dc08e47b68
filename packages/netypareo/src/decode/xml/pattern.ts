/** Bytes to be compared with, four at a time: a tag is most of an answer's bytes. */
export interface Pattern {
  /** In bytes. */
  readonly length: number;
  readonly words: Int32Array;
  /** What is left over after whole words, and which bits of it count. */
  readonly rest: number;
  readonly mask: number;
}

/** Patterns are no longer than this; {@link startsAt} may read so far beyond what it compares. */
export const LONGEST_PATTERN = 256;

/** @param bytes at most {@link LONGEST_PATTERN} */
export function newPattern(bytes: Uint8Array): Pattern {
  const padded = new DataView(new ArrayBuffer(bytes.length + 4));
  bytes.forEach((byte, index) => padded.setUint8(index, byte));
  const whole = bytes.length >> 2;
  const words = Int32Array.from({ length: whole }, (_, index) => padded.getInt32(index * 4, true));
  const mask = (1 << ((bytes.length & 3) * 8)) - 1;
  return { length: bytes.length, words, rest: padded.getInt32(whole * 4, true), mask };
}

/** Does the pattern stand at `at`? */
export function startsAt({ words, rest, mask }: Pattern, bytes: DataView, at: number): boolean {
  const { length } = words;
  let position = at;
  for (let index = 0; index < length; index++) {
    if (bytes.getInt32(position, true) !== words[index]) return false;
    position += 4;
  }
  return ((bytes.getInt32(position, true) ^ rest) & mask) === 0;
}

/** A pattern that stands nowhere: UTF-8 has no such byte. */
export const NOWHERE: Pattern = newPattern(Uint8Array.of(0xff));
