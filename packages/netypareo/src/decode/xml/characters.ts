/** Bytes with a meaning of their own. All are ASCII, and no part of any other UTF-8 character. */
const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
export const BANG = 0x21;
export const DOUBLE_QUOTE = 0x22;
const AMPERSAND = 0x26;
export const SINGLE_QUOTE = 0x27;
export const SLASH = 0x2f;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const BRACKET = 0x5d;

/** What a byte means in a text; the last three are bits, so that a run's can be gathered. */
export const PLAIN = 0;
export const ENDS_TEXT = 1;
export const FORBIDDEN = 2;
export const CLOSES_BRACKET = 3;
export const REFERS = 4;
export const RETURNS = 8;
export const IS_HIGH = 16;

/** Meaning of each byte in a text. */
export const IN_TEXT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return IS_HIGH;
  if (byte === LESS) return ENDS_TEXT;
  if (byte === AMPERSAND) return REFERS;
  if (byte === BRACKET) return CLOSES_BRACKET;
  if (byte === RETURN) return RETURNS;
  return byte < SPACE && byte !== TAB && byte !== LINE_FEED ? FORBIDDEN : PLAIN;
});

/** May a byte stand in a name? Of the bytes of other than ASCII characters {@link isName} tells. */
export const IN_NAME: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /[\w:.-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

const START =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const NAME = new RegExp(
  `^[${START}][${START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*$`,
  'u',
);

/** A name by XML 1.0, 5th edition, productions 4 to 5. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** White space by production 3. */
export function isSpace(byte: number): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === TAB || byte === RETURN;
}

/** Is the character that begins here U+FFFE or U+FFFF? XML forbids them (production 2). */
export function isNoCharacter(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && (bytes[at + 2] as number) >= 0xbe;
}

/** Are all characters of valid UTF-8 allowed in XML? */
export function areCharacters(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const kind = IN_TEXT[bytes[at] as number];
    if (kind === FORBIDDEN || (kind === IS_HIGH && isNoCharacter(bytes, at))) return false;
  }
  return true;
}
