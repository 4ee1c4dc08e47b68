import { createAssembler, type DecodedAnswer } from './assembler.js';
import { DecodeError } from './decode-error.js';
import type { Filter } from './filter.js';
import type { Value } from './tree.js';
import { createXmlScanner } from './xml/scanner.js';

export interface DecodeLimits {
  maxXmlDepth: number;
  /** Longest text, in characters; what is passed over may be twice as long, in bytes. */
  maxTextChars: number;
}

export interface DecoderOptions {
  /** What to keep, seen from the response element. */
  filter: Filter;
  limits: DecodeLimits;
  /** Called for each record as soon as it is complete. */
  onRecord(value: Value, key: string): void;
}

/** A push parser: an answer in, records out. Methods throw {@link DecodeError}. */
export interface Decoder {
  /** @param chunk text, or UTF-8 */
  write(chunk: string | Uint8Array): void;
  /** Call when the answer has ended; throws if it was not whole. */
  end(): DecodedAnswer;
}

/**
 * Parses a SOAP answer as it arrives, within bounds: no DTD, no entities but
 * XML's five, and nothing deeper or longer than the limits.
 */
export function createDecoder({ filter, limits, onRecord }: DecoderOptions): Decoder {
  const { maxXmlDepth, maxTextChars } = limits;
  const assembler = createAssembler(filter, onRecord);
  const scanner = createXmlScanner(
    {
      ...assembler,
      text(text) {
        if (assembler.addText(text) <= maxTextChars) return;
        throw new DecodeError('too_large', `has a text of more than ${maxTextChars} characters`);
      },
    },
    { maxDepth: maxXmlDepth, maxTextChars },
  );
  const encoder = createEncoder();

  return {
    write: (chunk) => scanner.write(typeof chunk === 'string' ? encoder.encode(chunk) : chunk),
    end() {
      scanner.write(encoder.end());
      if (scanner.end()) return assembler.answer();
      throw new DecodeError(
        'cut_off',
        `ends after ${scanner.bytesRead()} bytes, before its envelope is closed`,
      );
    },
  };
}

/** Text in UTF-8, also where it is cut between the halves of a character. */
function createEncoder(): { encode(text: string): Uint8Array; end(): Uint8Array } {
  let half = '';
  return {
    encode(text) {
      const all = half + text;
      half = /[\uD800-\uDBFF]$/.exec(all)?.[0] ?? '';
      return Buffer.from(all.slice(0, all.length - half.length));
    },
    end: () => Buffer.from(half),
  };
}
