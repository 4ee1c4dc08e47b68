import type { Image, PlannedChange } from '../ports/plan.js';
import { type CsvCell, csvLine } from './csv-line.js';

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
