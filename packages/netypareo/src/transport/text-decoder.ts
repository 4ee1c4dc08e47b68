import { TextDecoder } from 'node:util';
import { DecodeError } from '../decode/decode-error.js';

/**
 * Turns an answer's bytes into UTF-8, strictly: what is not in its encoding fails
 * the answer. UTF-8 itself passes unchanged, since the scanner checks it.
 */
export interface StrictTextDecoder {
  decode(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/**
 * The encoding is the one of the content type, else the one the XML declares
 * (RFC 7303, 3), else UTF-8.
 */
export function createTextDecoder(contentType: string): StrictTextDecoder {
  const declared = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];
  let decoder: TextDecoder | undefined;
  const run = (bytes: Uint8Array, isLast: boolean): Uint8Array => {
    try {
      decoder ??= new TextDecoder(declared ?? encodingOf(bytes), { fatal: true });
      if (decoder.encoding === 'utf-8') return bytes;
      return Buffer.from(decoder.decode(bytes, { stream: !isLast }));
    } catch (error) {
      const what =
        error instanceof RangeError
          ? 'is in an unknown encoding'
          : 'holds bytes that are no text in its encoding';
      throw new DecodeError('malformed', what);
    }
  };
  return {
    decode: (chunk) => run(chunk, false),
    end: () => run(new Uint8Array(), true),
  };
}

function encodingOf(first: Uint8Array): string {
  const head = Buffer.from(first.subarray(0, 200)).toString('latin1');
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8';
}
