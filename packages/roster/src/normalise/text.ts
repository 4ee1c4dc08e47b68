import type { FieldValue } from '../source-fields.js';

/** Longest text kept for a code, name, login or address, in characters. */
export const MAX_TEXT_LENGTH = 255;

// Control characters, and the spaces that differ from U+0020 to the eye or not at all.
const CONTROL_OR_SPACES = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}\u200B\uFEFF]+/gu;

/**
 * Text as the registry keeps it: composed accents (NFC), no control characters,
 * single spaces, trimmed; empty becomes null. Accents, particles and
 * apostrophes stay.
 */
export function cleanText(value: FieldValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  const raw = String(value);
  if (isClean(raw)) return raw;
  const text = raw.normalize('NFC').replace(CONTROL_OR_SPACES, ' ').trim();
  return text === '' ? null : text;
}

/** Is it ASCII as it should be? Most texts are, and a regular expression takes longer to say so. */
function isClean(text: string): boolean {
  let before = 0x20;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || (code === 0x20 && before === 0x20)) return false;
    before = code;
  }
  return before !== 0x20;
}

/**
 * The code to set a record aside under: as the registry would keep it, so that
 * whoever it is about is found by it, and cut where that would never be kept.
 */
export function codeOfRejected(value: FieldValue | undefined): string | null {
  return cleanText(value)?.slice(0, MAX_TEXT_LENGTH) ?? null;
}

/** Logins and e-mail addresses: trimmed and in lower case. */
export function cleanHandle(value: FieldValue | undefined): string | null {
  return cleanText(value)?.toLowerCase() ?? null;
}

const EMAIL = /^[^\s@"(),:;<>[\\\]]+@[^\s@.]+(?:\.[^\s@.]+)+$/;

/** Could mail be sent there? One `@`, a domain with a dot, no spaces or brackets. */
export function isEmail(text: string): boolean {
  return EMAIL.test(text);
}

/** Order of codes: numbers by value, other texts by code unit; a total order. */
export function compareCodes(a: string, b: string): number {
  if (NUMBER.test(a) && NUMBER.test(b)) {
    const byValue = a.replace(/^0+/, '').length - b.replace(/^0+/, '').length;
    if (byValue !== 0) return byValue;
    const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a === b ? 0 : a < b ? -1 : 1;
}

const NUMBER = /^\d+$/;
