/** A cell of a CSV file; null is empty. */
export type CsvCell = string | number | boolean | null;

/** What spreadsheets take for a formula, with the spaces that they pass over. */
const FORMULA = /^[\s]*[=+\-@\t\r]/;

/**
 * One record of a CSV file (RFC 4180), its line end included. A text that a
 * spreadsheet would take for a formula gets an apostrophe in front, so that
 * nothing in a name is ever carried out on the machine of whoever opens it.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
