/** What a value looks like, for showing an answer's structure without anybody's data. */
export function shapeOf(text: string): string {
  const value = text.trim();
  if (value === '') return 'empty';
  if (/^[01]$/.test(value)) return '0 or 1';
  if (/^(true|false)$/.test(value)) return 'true or false';
  if (/^-?\d+$/.test(value)) return 'number';
  if (/^\d\d\/\d\d\/\d{4}$/.test(value)) return 'date JJ/MM/AAAA';
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return 'date AAAA-MM-JJ';
  if (/^\d\d\/\d\d\/\d{4} \d\d:\d\d(:\d\d)?$/.test(value)) return 'date JJ/MM/AAAA HH:MM[:SS]';
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/.test(value)) return 'date AAAA-MM-JJ HH:MM[:SS]';
  return 'text';
}
