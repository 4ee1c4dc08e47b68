import type { ChangeCount, Image, PlannedChange, PlanSummary } from '@passerelle/sync';
import { type CsvCell, csvLine } from './csv.js';
import { counted } from './format.js';
import { type Cell, renderTable } from './table.js';
import type { Terminal } from './terminal.js';

/** One field of a change, before and after; undefined: the side has no such field. */
export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

/** A change field by field. */
export function fieldsOf(change: { before: Image | null; after: Image | null }): FieldChange[] {
  const { before, after } = change;
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].map((field) => ({ field, before: before?.[field], after: after?.[field] }));
}

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

const CSV_HEAD = ['entity', 'ref', 'kind', 'held', 'site', 'group', 'field', 'before', 'after'];

/** The first line of a CSV file of changes. */
export const CHANGES_CSV_HEAD: string = csvLine(CSV_HEAD);

/** Changes as lines of a CSV file, one for each field. */
export function changesCsv(changes: readonly PlannedChange[]): string {
  return changes
    .flatMap((change) => {
      const { entity, ref, kind, held, site, group } = change;
      const fields = fieldsOf(change);
      const lines = fields.length === 0 ? [{ field: '', before: null, after: null }] : fields;
      return lines.map(({ field, before, after }) =>
        csvLine([
          ...[entity, ref, kind, held, site, group],
          ...[field, csvValue(before), csvValue(after)],
        ]),
      );
    })
    .join('');
}

function csvValue(value: unknown): CsvCell {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : JSON.stringify(value);
}

/** `12 changes, 3 of them held back` */
export function countChanges({ kinds }: PlanSummary): string {
  const sum = (rows: readonly ChangeCount[]): number =>
    rows.reduce((total, row) => total + row.count, 0);
  const held = sum(kinds.filter((row) => row.held));
  const all = counted(sum(kinds), 'change');
  return held === 0 ? all : `${all}, ${held} of them held back`;
}
