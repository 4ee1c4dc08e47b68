/**
 * A name as people search for it: lower case, no accents, ligatures spelt out,
 * apostrophes and hyphens as spaces. `Zoé L'Hénaff` → `zoe l henaff`.
 */
export function foldName(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase();
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const PLAIN = /^[A-Za-z0-9]+$/;
