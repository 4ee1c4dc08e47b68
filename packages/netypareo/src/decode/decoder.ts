import { SaxesParser } from 'saxes';
import { createAssembler, type DecodedAnswer } from './assembler.js';
import { DecodeError } from './decode-error.js';
import type { Filter } from './filter.js';
import type { Value } from './tree.js';

export interface DecodeLimits {
  maxXmlDepth: number;
  /** Longest text, attribute or run of comments, in characters. */
  maxTextChars: number;
}

export interface DecoderOptions {
  /** What to keep, seen from the response element. */
  filter: Filter;
  limits: DecodeLimits;
  /** Called for each record as soon as it is complete. */
  onRecord(value: Value, key: string): void;
}

/** A push parser: text in, records out. Methods throw {@link DecodeError}. */
export interface Decoder {
  write(text: string): void;
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
  let depth = 0;
  let charsRead = 0;
  let charsSinceEvent = 0;

  // No more handlers than these six: with eight V8 keeps the parser's fields in a
  // dictionary, and parsing takes five times as long.
  const parser = new SaxesParser({
    xmlns: false,
    position: false,
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  });
  parser.on('opentag', ({ name, attributes }) => {
    charsSinceEvent = 0;
    if (++depth > maxXmlDepth) {
      throw new DecodeError('too_large', `has elements nested more than ${maxXmlDepth} deep`);
    }
    assembler.open(name, attributes);
  });
  parser.on('closetag', () => {
    charsSinceEvent = 0;
    depth--;
    assembler.close();
  });
  const onText = (text: string) => {
    charsSinceEvent = 0;
    checkText(assembler.addText(text));
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('doctype', () => {
    throw new DecodeError('doctype', 'carries a document type definition (DTD)');
  });
  parser.on('error', () => {
    // The parser's own message may quote the text it stumbled over: only the position is told.
    throw new DecodeError(
      'malformed',
      `is not well-formed XML, shortly before character ${charsRead}`,
    );
  });

  function checkText(length: number): void {
    if (length <= maxTextChars) return;
    throw new DecodeError('too_large', `has a text of more than ${maxTextChars} characters`);
  }

  return {
    write(text) {
      // PHP files often begin with an empty line, which XML forbids before its declaration.
      const chunk = charsRead === 0 ? text.trimStart() : text;
      if (chunk === '') return;
      charsRead += chunk.length;
      charsSinceEvent += chunk.length;
      parser.write(chunk);
      // The parser gathers a long text before it reports it: bounded here.
      checkText(charsSinceEvent);
    },
    end() {
      if (!assembler.isClosed()) {
        throw new DecodeError(
          'cut_off',
          `ends after ${charsRead} characters, before its envelope is closed`,
        );
      }
      parser.close();
      return assembler.answer();
    },
  };
}
