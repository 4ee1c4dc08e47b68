const SPECIAL = /["\\]/;

/**
 * Values as PostgreSQL writes an array: `{"Ana",NULL,"O\"Neil"}`. One text is
 * carried through Prisma and pg at a tenth of the cost of an array, of which each looks at
 * every element; and staging is nothing but long columns of texts.
 */
export function toArrayLiteral(values: readonly (string | null)[]): string {
  return `{${values.map(toElement).join(',')}}`;
}

function toElement(value: string | null): string {
  if (value === null) return 'NULL';
  return SPECIAL.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}
