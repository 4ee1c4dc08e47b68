import Table from 'cli-table3';
import type { Terminal } from './terminal.js';

/** A cell; null and undefined are shown as a dash. */
export type Cell = string | number | null | undefined;

const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * A table for people: columns aligned, numbers to the right, bold headings
 * where colours may be used.
 */
export function renderTable(
  terminal: Pick<Terminal, 'colour'>,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const numeric = head.map((_, index) => rows.every((row) => typeof row[index] === 'number'));
  const table = new Table({
    head: [...head],
    chars: NO_FRAME,
    colAligns: numeric.map((isNumber) => (isNumber && rows.length > 0 ? 'right' : 'left')),
    style: {
      head: terminal.colour ? ['bold'] : [],
      border: [],
      'padding-left': 0,
      'padding-right': 0,
    },
  });
  table.push(...rows.map((row) => row.map(showCell)));
  return trimLines(table.toString());
}

/** Names and values below each other. */
export function renderFacts(facts: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${showCell(value)}`).join('\n');
}

function showCell(cell: Cell): string {
  return cell === null || cell === undefined || cell === '' ? '-' : String(cell);
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
