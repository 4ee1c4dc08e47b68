/** What is remembered of the bytes of an answer: how many there were, how they began and ended. */
export interface SeenBytes {
  take(chunk: Buffer): void;
  count(): number;
  /** Nothing stood before its first tag: a PHP warning, say. */
  beginsWithTag(): boolean;
  /**
   * - `closed`: with the end of an envelope
   * - `continued`: with something after that
   * - `open`: before it
   */
  ending(): 'closed' | 'continued' | 'open';
}

/** The closing tag with its prefix, and some blanks, is shorter than this. */
const TAIL_BYTES = 256;

export function createSeenBytes(): SeenBytes {
  let count = 0;
  let head: Buffer | undefined;
  let tail: Buffer = Buffer.alloc(0);
  return {
    take(chunk) {
      count += chunk.length;
      if (chunk.length === 0) return;
      head ??= Buffer.from(chunk.subarray(0, TAIL_BYTES));
      tail =
        chunk.length >= TAIL_BYTES
          ? chunk
          : Buffer.concat([tail.subarray(-TAIL_BYTES), chunk]).subarray(-TAIL_BYTES);
    },
    count: () => count,
    beginsWithTag: () => head !== undefined && /^(\xef\xbb\xbf)?\s*</.test(textOf(head)),
    ending: () => {
      const [, after] = /<\/(?:[\w.-]+:)?Envelope\s*>(.*)$/s.exec(textOf(tail)) ?? [];
      if (after === undefined) return 'open';
      return after.trim() === '' ? 'closed' : 'continued';
    },
  };
}

/** Enough for ASCII in any encoding that is common: of UTF-16 the empty halves and the mark are left out. */
function textOf(bytes: Buffer): string {
  return bytes
    .subarray(-TAIL_BYTES)
    .toString('latin1')
    .replaceAll('\0', '')
    .replace(/^(\xff\xfe|\xfe\xff)/, '');
}
