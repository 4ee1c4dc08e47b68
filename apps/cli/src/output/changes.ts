import {
  type ChangeCount,
  type FieldChange,
  fieldsOf,
  type PlannedChange,
  type PlanSummary,
} from '@passerelle/sync';
import { counted } from './format.js';
import { type Cell, renderTable } from './table.js';
import type { Terminal } from './terminal.js';

/** Counts by kind, by site and by group. */
export function renderSummary(terminal: Terminal, summary: PlanSummary): string {
  if (summary.kinds.length === 0) return 'Nothing changes.';
  const { kinds, sites, groups } = summary;
  const tables = [
    renderTable(terminal, ['Change', 'Of', 'How many'], kinds.map(countRow)),
    renderPlaces(terminal, 'Site', sites, ({ site }) => site),
    renderPlaces(terminal, 'Group', groups, ({ group }) => group),
  ];
  return tables.filter((table) => table !== '').join('\n\n');
}

function renderPlaces<Row extends ChangeCount>(
  terminal: Terminal,
  head: string,
  rows: readonly Row[],
  placeOf: (row: Row) => string | null,
): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => [placeOf(row), ...countRow(row)]);
  return renderTable(terminal, [head, 'Change', 'Of', 'How many'], cells);
}

const countRow = (row: ChangeCount): Cell[] => [sayKind(row), row.entity, row.count];

/** `suspended`, `suspended (held)` */
function sayKind({ kind, held }: Pick<PlannedChange, 'kind' | 'held'>): string {
  return held ? `${kind} (held)` : kind;
}

const HEAD = ['What', 'Change', 'Site', 'Group', 'Field', 'Before', 'After'];

/** Changes as a table, a line for each field. */
export function renderChanges(terminal: Terminal, changes: readonly PlannedChange[]): string {
  const rows = changes.flatMap((change) => {
    const lead: Cell[] = [change.ref, sayKind(change), change.site, change.group];
    return withLead(lead, fieldsOf(change));
  });
  return renderTable(terminal, HEAD, rows);
}

/** Lines of a table, of which only the first says what they are about. */
export function withLead(lead: readonly Cell[], fields: readonly FieldChange[]): Cell[][] {
  if (fields.length === 0) return [[...lead, '', '', '']];
  return fields.map(({ field, before, after }, index) => [
    ...(index === 0 ? lead : lead.map(() => ' ')),
    ...[field, sayValue(before), sayValue(after)],
  ]);
}

/** A value as people read it; nothing for an empty one. */
export function sayValue(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `12 changes, 3 of them held back` */
export function countChanges({ kinds }: PlanSummary): string {
  const sum = (rows: readonly ChangeCount[]): number =>
    rows.reduce((total, row) => total + row.count, 0);
  const held = sum(kinds.filter((row) => row.held));
  const all = counted(sum(kinds), 'change');
  return held === 0 ? all : `${all}, ${held} of them held back`;
}
