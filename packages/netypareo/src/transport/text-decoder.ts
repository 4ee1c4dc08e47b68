import { TextDecoder } from 'node:util';
import { DecodeError } from '../decode/decode-error.js';

/** Bytes to text, strictly: what is not in the encoding fails the answer. */
export interface StrictTextDecoder {
  decode(chunk: Uint8Array): string;
  end(): string;
}

/**
 * The encoding is the one of the content type, else the one the XML declares
 * (RFC 7303, 3), else UTF-8.
 */
export function createTextDecoder(contentType: string): StrictTextDecoder {
  const declared = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];
  let decoder: TextDecoder | undefined;
  const run = (decode: (decoder: TextDecoder) => string, first: Uint8Array): string => {
    try {
      decoder ??= new TextDecoder(declared ?? encodingOf(first), { fatal: true });
      return decode(decoder);
    } catch (error) {
      const what =
        error instanceof RangeError
          ? 'is in an unknown encoding'
          : 'holds bytes that are no text in its encoding';
      throw new DecodeError('malformed', what);
    }
  };
  return {
    decode: (chunk) => run((strict) => strict.decode(chunk, { stream: true }), chunk),
    end: () => run((strict) => strict.decode(), new Uint8Array()),
  };
}

function encodingOf(first: Uint8Array): string {
  const head = Buffer.from(first.subarray(0, 200)).toString('latin1');
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8';
}
