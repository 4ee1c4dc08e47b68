import type { WireShape } from '../attributes.js';
import { intern } from '../intern.js';
import {
  DOUBLE_QUOTE,
  EQUALS,
  FORBIDDEN,
  GREATER,
  IN_NAME,
  IN_TEXT,
  IS_HIGH,
  isName,
  isNoCharacter,
  isSpace,
  LESS,
  SINGLE_QUOTE,
  SLASH,
} from './characters.js';
import { NotWellFormed } from './not-well-formed.js';
import { LONGEST_PATTERN, newPattern, NOWHERE, type Pattern } from './pattern.js';
import { attributeValue } from './text.js';

/** A start tag, or an empty-element tag. The same bytes give the same object (tag-cache.ts). */
export interface StartTag {
  /** As written, with its prefix. */
  readonly name: string;
  readonly local: string;
  readonly attributes: readonly Attribute[];
  readonly isEmptyElement: boolean;
  /** Has an id, or declares a prefix: of concern even where it is passed over. */
  readonly isNotable: boolean;
  /** From the `<` to the `>`, in bytes. */
  readonly length: number;
  /** The bytes after the `<`; {@link NOWHERE} where they are too many. */
  readonly opening: Pattern;
  /** The bytes of its end tag after the `<`, likewise. */
  readonly closing: Pattern;
  /** Which tag came after this one the last time: usually it does again. */
  next: StartTag | null;
  /** Which one did before that. */
  nextButOne: StartTag | null;
  /** What its attributes say, when the prefixes were at `shapedAt`. */
  shape: Readonly<WireShape> | null;
  shapedAt: number;
}

export interface Attribute {
  readonly name: string;
  readonly value: string;
}

const NO_ATTRIBUTES: readonly Attribute[] = [];

/**
 * Parses the tag whose `<` stands at `at`.
 *
 * @param end where the bytes end; there stands a `<` (byte-window.ts)
 * @returns null if the tag goes on beyond the end
 * @throws NotWellFormed
 */
export function parseStartTag(bytes: Buffer, at: number, end: number): StartTag | null {
  const nameEnd = skipName(bytes, at + 1);
  let position = nameEnd;
  const attributes: Attribute[] = [];
  for (;;) {
    const afterSpace = skipSpace(bytes, position);
    const byte = bytes[afterSpace];
    if (afterSpace === end) return null;
    if (byte === GREATER) return makeTag(bytes, at, nameEnd, afterSpace + 1, attributes);
    if (byte === SLASH) {
      if (afterSpace + 1 === end) return null;
      if (bytes[afterSpace + 1] !== GREATER) throw new NotWellFormed();
      return makeTag(bytes, at, nameEnd, afterSpace + 2, attributes);
    }
    if (afterSpace === position) throw new NotWellFormed();
    const attributeEnd = parseAttribute(bytes, afterSpace, end, attributes);
    if (attributeEnd === null) return null;
    position = attributeEnd;
  }
}

function parseAttribute(bytes: Buffer, at: number, end: number, into: Attribute[]): number | null {
  const nameEnd = skipName(bytes, at);
  const equals = skipSpace(bytes, nameEnd);
  if (equals === end) return null;
  if (bytes[equals] !== EQUALS) throw new NotWellFormed();
  const quote = skipSpace(bytes, equals + 1);
  if (quote === end) return null;
  if (bytes[quote] !== DOUBLE_QUOTE && bytes[quote] !== SINGLE_QUOTE) throw new NotWellFormed();
  const closing = endOfValue(bytes, quote + 1, bytes[quote]);
  if (closing === end) return null;
  if (bytes[closing] === LESS) throw new NotWellFormed();
  const name = nameAt(bytes, at, nameEnd);
  const value = attributeValue(bytes.toString('utf8', quote + 1, closing));
  into.push({ name, value });
  return closing + 1;
}

/** The quote that ends a value, or the `<` that must not be in it. */
function endOfValue(bytes: Buffer, from: number, quote: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte === quote || byte === LESS) return at;
    const kind = IN_TEXT[byte];
    if (kind === FORBIDDEN || (kind === IS_HIGH && isNoCharacter(bytes, at))) {
      throw new NotWellFormed();
    }
    at++;
  }
}

function makeTag(
  bytes: Buffer,
  at: number,
  nameEnd: number,
  tagEnd: number,
  attributes: readonly Attribute[],
): StartTag {
  const name = nameAt(bytes, at + 1, nameEnd);
  refuseDoubles(attributes);
  const opening = patternOf(bytes.subarray(at + 1, tagEnd));
  return newTag(name, attributes, bytes[tagEnd - 2] === SLASH, tagEnd - at, opening);
}

/** What stands before the first tag. */
export function noTag(): StartTag {
  return newTag('', NO_ATTRIBUTES, false, 0, NOWHERE);
}

function newTag(
  name: string,
  attributes: readonly Attribute[],
  isEmptyElement: boolean,
  length: number,
  opening: Pattern,
): StartTag {
  return {
    name,
    local: intern(localName(name)),
    attributes,
    isEmptyElement,
    isNotable: attributes.some(
      (attribute) => attribute.name.startsWith('xmlns:') || localName(attribute.name) === 'id',
    ),
    length,
    opening,
    closing: name === '' ? NOWHERE : patternOf(Buffer.from(`/${name}>`)),
    next: null,
    nextButOne: null,
    shape: null,
    shapedAt: -1,
  };
}

function patternOf(bytes: Uint8Array): Pattern {
  return bytes.length > LONGEST_PATTERN ? NOWHERE : newPattern(bytes);
}

function nameAt(bytes: Buffer, from: number, to: number): string {
  const name = bytes.toString('utf8', from, to);
  if (!isName(name)) throw new NotWellFormed();
  return name;
}

function refuseDoubles(attributes: readonly Attribute[]): void {
  if (attributes.length < 2) return;
  const names = new Set(attributes.map(({ name }) => name));
  if (names.size !== attributes.length) throw new NotWellFormed();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function skipName(bytes: Uint8Array, from: number): number {
  let at = from;
  while (IN_NAME[bytes[at] as number] === 1) at++;
  return at;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at] as number)) at++;
  return at;
}
