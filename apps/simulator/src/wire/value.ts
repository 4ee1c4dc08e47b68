/** A value on its way to the wire; keys of a record stand in the order they are sent. */
export type WireValue = string | number | null | WireRecord | readonly WireRecord[];
export interface WireRecord {
  readonly [field: string]: WireValue;
}

/** A list, told from a record. */
export const isList = (value: WireValue): value is readonly WireRecord[] => Array.isArray(value);

const SPECIAL = /[&<>"]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text as XML character data. */
export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char) : text;
}
