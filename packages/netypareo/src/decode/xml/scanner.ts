import { DecodeError } from '../decode-error.js';
import { createByteWindow } from './byte-window.js';
import {
  BRACKET,
  CLOSES_BRACKET,
  ENDS_TEXT,
  FORBIDDEN,
  GREATER,
  IN_TEXT,
  IS_HIGH,
  isNoCharacter,
  isSpace,
  LESS,
  PLAIN,
  REFERS,
  RETURNS,
  SLASH,
} from './characters.js';
import { isMarkup, readMarkup } from './markup.js';
import { createNameMemo } from './name-memo.js';
import { NotWellFormed } from './not-well-formed.js';
import { startsAt } from './pattern.js';
import type { StartTag } from './start-tag.js';
import { createTagCache } from './tag-cache.js';
import { resolveReferences, unifyLineEnds } from './text.js';

/** Is a text wanted, and is it one of few, as the keys of Maps are? */
export type Want = 0 | 1 | 2;
export const UNWANTED = 0;
export const AS_TEXT = 1;
export const AS_NAME = 2;

/** Hears of a document's elements. */
export interface XmlHandler {
  /**
   * @param isInside of something passed over: only a notable tag is asked about there
   * @returns whether the element is entered; if not, nothing more is heard of it and what
   *   is in it, but of notable tags
   */
  open(tag: StartTag, isInside: boolean): boolean;
  /** How the text is wanted that stands here, in the innermost open element that was entered. */
  wantsText(): Want;
  text(text: string): void;
  /** The innermost open element that was entered ends. */
  close(): void;
}

export interface XmlLimits {
  maxDepth: number;
  /**
   * Twice as many bytes may stand between two tags, whatever they are: text that nobody wants,
   * comments. The length of wanted text is the handler's concern. A tag may be as long, or
   * {@link SHORT_TAG}.
   */
  maxTextChars: number;
}

/** Takes a document in pieces of any size. Methods throw {@link DecodeError}. */
export interface XmlScanner {
  /** @param chunk UTF-8; it may be reused afterwards */
  write(chunk: Uint8Array): void;
  /**
   * What was written was everything.
   * @returns whether the document is whole; one that is not is cut off
   */
  end(): boolean;
  bytesRead(): number;
}

const PASSED_OVER = 2;
/** In bytes; an envelope's declarations take half a kilobyte. */
const SHORT_TAG = 8_192;

/** V8 copies slices shorter than this; longer ones would keep all the text they are cut out of. */
const COPIED_SLICE = 13;

/**
 * A scanner for XML 1.0 in UTF-8 without a DTD, for large answers of which little is wanted:
 * what is passed over is checked for well-formedness like everything else, but makes no
 * objects. Whatever the sizes of the pieces, events and verdict are the same.
 *
 * A piece of text or markup is looked at when it is all there; that one of a megabyte which
 * comes in bytes is not looked at a million times, the next look is at twice its length.
 */
export function createXmlScanner(handler: XmlHandler, limits: XmlLimits): XmlScanner {
  const window = createByteWindow();
  const tags = createTagCache();
  const names = createNameMemo();
  let innermost = tags.none;
  /** Around the innermost one, by depth. */
  const openTags: StartTag[] = [];
  const isEntered: boolean[] = [];
  const longestGap = limits.maxTextChars * PASSED_OVER;
  const longestTag = Math.max(longestGap, SHORT_TAG);
  let depth = 0;
  let isPassing = false;
  let previous = tags.none;
  let hasBegun = false;
  let isFirst = true;
  let hasRoot = false;
  /** Position in the document. */
  let lastTagEnd = 0;
  let bytesRead = 0;
  let nextLookAt = 0;
  /** The bytes in the window as text of as many characters, made when needed. */
  let chunkText: string | null = null;
  let foundInText = PLAIN;

  /** Consumes all that is complete. */
  function scan(): void {
    const { bytes, end, view } = window;
    let at = hasBegun ? window.start : skipBeginning(bytes, window.start, end);
    chunkText = null;
    while (at < end) {
      if (bytes[at] !== LESS) {
        const to = endOfText(bytes, at);
        if (depth === 0) refuseText(bytes, at, to);
        if (to === end) break;
        if (depth > 0) passText(bytes, at, to);
        isFirst = false;
        at = to;
      }
      const to = passTag(bytes, view, at);
      if (to === -1) break;
      at = to;
    }
    window.start = at;
  }

  /** Where the next `<` is; what the text holds on the way there is in `foundInText`. */
  function endOfText(bytes: Uint8Array, from: number): number {
    let found = PLAIN;
    let at = from;
    for (;;) {
      const kind = IN_TEXT[bytes[at] as number] as number;
      if (kind !== PLAIN) {
        if (kind === ENDS_TEXT) break;
        if (kind === FORBIDDEN) throw new NotWellFormed();
        if (kind === CLOSES_BRACKET) refuseEndOfCdata(bytes, at);
        if (kind === IS_HIGH && isNoCharacter(bytes, at)) throw new NotWellFormed();
        found |= kind;
      }
      at++;
    }
    foundInText = found;
    return at;
  }

  function passText(bytes: Buffer, from: number, to: number): void {
    const want = isPassing ? UNWANTED : handler.wantsText();
    if (want === UNWANTED) {
      if ((foundInText & REFERS) !== 0) resolveReferences(bytes.toString('latin1', from, to));
    } else if ((foundInText & (REFERS | RETURNS | IS_HIGH)) !== 0) {
      const text = unifyLineEnds(bytes.toString('utf8', from, to));
      handler.text((foundInText & REFERS) === 0 ? text : resolveReferences(text));
    } else if (want === AS_NAME) {
      handler.text(names.textOf(bytes, window.view, from, to));
    } else if (to - from < COPIED_SLICE) {
      chunkText ??= bytes.toString('latin1', 0, window.end);
      handler.text(chunkText.slice(from, to));
    } else {
      handler.text(bytes.toString('latin1', from, to));
    }
  }

  /** What stands before the declaration: PHP files often begin with an empty line. */
  function skipBeginning(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    for (;;) {
      if (at < end && isSpace(bytes[at] as number)) at++;
      else if (
        at + 2 < end &&
        bytes[at] === 0xef &&
        bytes[at + 1] === 0xbb &&
        bytes[at + 2] === 0xbf
      )
        at += 3;
      else break;
    }
    hasBegun = at < end;
    return at;
  }

  function openElement(tag: StartTag): void {
    isFirst = false;
    if (depth === 0) {
      if (hasRoot) throw new NotWellFormed();
      hasRoot = true;
    }
    if (depth >= limits.maxDepth) {
      throw new DecodeError('too_large', `has elements nested more than ${limits.maxDepth} deep`);
    }
    const enters = (!isPassing || tag.isNotable) && handler.open(tag, isPassing);
    if (tag.isEmptyElement) {
      if (enters) handler.close();
      return;
    }
    openTags[depth] = innermost;
    innermost = tag;
    isEntered[depth] = enters;
    depth++;
    isPassing = !enters;
  }

  function closeElement(): void {
    depth--;
    innermost = openTags[depth] as StartTag;
    if (isEntered[depth] === true) handler.close();
    isPassing = depth > 0 && isEntered[depth - 1] !== true;
  }

  /** These return where the tag or markup ends, or -1 if it goes on beyond the end. */
  function passTag(bytes: Buffer, view: DataView, at: number): number {
    if (startsAt(innermost.closing, view, at + 1)) {
      const { closing } = innermost;
      closeElement();
      return noteTag(at, at + 1 + closing.length);
    }
    const { next, nextButOne } = previous;
    if (next !== null && startsAt(next.opening, view, at + 1)) return takeTag(next, at);
    if (nextButOne !== null && startsAt(nextButOne.opening, view, at + 1)) {
      return takeTag(nextButOne, at);
    }
    if (at + 1 === window.end) return -1;
    if (bytes[at + 1] === SLASH) return passEndTag(bytes, at);
    if (isMarkup(bytes, at)) return passMarkup(bytes, at, window.end);
    const tag = tags.find(window, at, previous);
    return tag === null ? -1 : takeTag(tag, at);
  }

  function takeTag(tag: StartTag, at: number): number {
    previous = tag;
    openElement(tag);
    return noteTag(at, at + tag.length);
  }

  /** An end tag with spaces in it, one with a very long name, or a wrong one. */
  function passEndTag(bytes: Buffer, at: number): number {
    if (depth === 0) throw new NotWellFormed();
    const expected = Buffer.from(innermost.name);
    const isCut = window.end - at - 2 < expected.length;
    const nameEnd = isCut ? window.end : at + 2 + expected.length;
    if (expected.compare(bytes, at + 2, nameEnd, 0, nameEnd - at - 2) !== 0)
      throw new NotWellFormed();
    let to = nameEnd;
    while (isSpace(bytes[to] as number)) to++;
    if (to === window.end) return -1;
    if (bytes[to] !== GREATER) throw new NotWellFormed();
    closeElement();
    return noteTag(at, to + 1);
  }

  function noteTag(at: number, end: number): number {
    const { base } = window;
    if (base + at - lastTagEnd > longestGap || end - at > longestTag) refuseLength();
    lastTagEnd = base + end;
    return end;
  }

  function passMarkup(bytes: Buffer, at: number, end: number): number {
    const markup = readMarkup(bytes, at, end, isFirst);
    if (markup === null) return -1;
    isFirst = false;
    if (markup.kind === 'doctype') {
      if (hasRoot) throw new NotWellFormed();
      throw new DecodeError('doctype', 'carries a document type definition (DTD)');
    }
    if (markup.kind === 'cdata') {
      if (depth === 0) throw new NotWellFormed();
      if (!isPassing && handler.wantsText() !== UNWANTED) {
        handler.text(unifyLineEnds(bytes.toString('utf8', markup.from, markup.to)));
      }
    }
    return markup.end;
  }

  function refuseLength(): never {
    throw new DecodeError('too_large', `has a text of more than ${limits.maxTextChars} characters`);
  }

  /** Runs a step, and says where it found the document not well-formed. */
  function run(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof NotWellFormed)) throw error;
      // Without a word of what stands there: that is a person's, it may be.
      const where = `shortly before byte ${bytesRead}`;
      throw new DecodeError('malformed', `is not well-formed XML, ${where}`);
    }
  }

  function look(): void {
    scan();
    const { bytes, start, end, base } = window;
    const isTag = bytes[start] === LESS && !isMarkup(bytes, start);
    const [from, longest] = isTag ? [base + start, longestTag] : [lastTagEnd, longestGap];
    if (base + end - from > longest) refuseLength();
    nextLookAt = Math.min(base + end + (end - start), from + longest + 1);
  }

  /** What follows the root element is spaces or complete. */
  function refuseRest(): void {
    refuseText(window.bytes, window.start, window.end);
    if (window.isMidCharacter()) throw new NotWellFormed();
  }

  return {
    write(chunk) {
      bytesRead += chunk.length;
      run(() => {
        window.append(chunk);
        if (window.base + window.end >= nextLookAt) look();
      });
    },
    end() {
      run(() => {
        look();
        if (hasRoot && depth === 0) refuseRest();
      });
      return hasRoot && depth === 0;
    },
    bytesRead: () => bytesRead,
  };
}

function refuseText(bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    if (!isSpace(bytes[at] as number)) throw new NotWellFormed();
  }
}

/** A text must not have `]]>`. */
function refuseEndOfCdata(bytes: Uint8Array, at: number): void {
  if (bytes[at + 1] === BRACKET && bytes[at + 2] === GREATER) throw new NotWellFormed();
}
