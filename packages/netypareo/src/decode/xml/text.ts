import { NotWellFormed } from './not-well-formed.js';

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const REFERENCE = /&(?:(amp|lt|gt|quot|apos);|#([0-9]+);|#x([0-9a-fA-F]+);)?/g;

/**
 * A text with its references resolved: XML's five entities and characters by
 * number, and no others, since there is no DTD.
 *
 * @throws NotWellFormed
 */
export function resolveReferences(raw: string): string {
  return raw.replace(
    REFERENCE,
    (_whole, name?: string, decimal?: string, hexadecimal?: string): string => {
      if (name !== undefined) return ENTITIES[name] as string;
      const code =
        decimal === undefined
          ? Number.parseInt(hexadecimal ?? '', 16)
          : Number.parseInt(decimal, 10);
      if (!isCharacter(code)) throw new NotWellFormed();
      return String.fromCodePoint(code);
    },
  );
}

/** Line ends as XML reads them (2.11). */
export function unifyLineEnds(raw: string): string {
  return raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
}

/** The value of an attribute, of the kind without a DTD: CDATA (3.3.3). @throws NotWellFormed */
export function attributeValue(raw: string): string {
  const spaced = /[\t\n\r]/.test(raw) ? raw.replace(/\r\n|[\t\n\r]/g, ' ') : raw;
  return spaced.includes('&') ? resolveReferences(spaced) : spaced;
}

/** Production 2; false for NaN. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return (
    code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code > 0xffff && code <= 0x10ffff)
  );
}
