import type { Decoder } from './decode/decoder.js';
import type { StructureReader } from './structure.js';

/** Answers to a question are shorter than this. */
const KEPT_BYTES = 64 * 1024;

/**
 * A structure reader that begins when it is asked, or when the answer is a long one: most
 * are short and as the contract says, and then nobody asks what they look like.
 *
 * @param newReader makes the one that reads
 */
export function createLateStructureReader(newReader: () => StructureReader): StructureReader {
  const kept: Buffer[] = [];
  let bytes = 0;
  let begun: { reader: StructureReader; own: Decoder } | undefined;

  function begin(): { reader: StructureReader; own: Decoder } {
    const reader = newReader();
    const own = reader.beside(IDLE);
    for (const chunk of kept.splice(0)) own.write(chunk);
    return { reader, own };
  }

  return {
    beside: (decoder) => ({
      write(chunk) {
        decoder.write(chunk);
        if (begun !== undefined) return begun.own.write(chunk);
        const copy = Buffer.from(chunk);
        kept.push(copy);
        bytes += copy.length;
        if (bytes > KEPT_BYTES) begun = begin();
      },
      end() {
        begun?.own.end();
        return decoder.end();
      },
    }),
    paths() {
      if (begun === undefined) {
        begun = begin();
        begun.own.end();
      }
      return begun.reader.paths();
    },
  };
}

/** The decoder beside which nothing is decoded. */
const IDLE: Decoder = {
  write: () => {},
  end: () => ({ fault: null, values: null, hasRecords: false, records: 0, declared: null }),
};
