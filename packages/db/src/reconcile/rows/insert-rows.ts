import { withReferencesGiven } from '../settings.js';
import type { Work } from '../work.js';
import type { RowSpec } from './row-spec.js';

/** Inserts the new rows of a temporary table (`is_new`, with their ids), and tells of each. */
export async function insertRows(work: Work, spec: RowSpec, incoming: string): Promise<number> {
  const inserted = await withReferencesGiven(work.tx, () => insertNew(work, spec, incoming));
  if (inserted > 0) await recordCreated(work, spec, incoming);
  return inserted;
}

async function insertNew(work: Work, spec: RowSpec, incoming: string): Promise<number> {
  const columns = ['id', ...spec.key, ...spec.shown, ...spec.hidden].join(', ');
  return work.tx.$executeRawUnsafe(
    `INSERT INTO ${spec.table} (${columns}, created_at, updated_at)
     SELECT ${columns}, $1::timestamptz, $1::timestamptz FROM ${incoming} WHERE is_new`,
    work.now,
  );
}

async function recordCreated(work: Work, spec: RowSpec, incoming: string): Promise<void> {
  await work.tx.$executeRawUnsafe(
    `INSERT INTO changes (run_id, entity, entity_id, kind, after, at)
     SELECT $1::int, '${spec.entity}', id, 'created', ${imageOf(spec)}, $2::timestamptz
       FROM ${incoming} WHERE is_new`,
    work.runId,
    work.now,
  );
}

/**
 * A row as the history keeps it whole: its key and all that is shown of it, but
 * for nulls. Where all of it is text or dates, one array each of names and
 * values is the cheapest way, and this is done for every new row.
 */
export function imageOf(spec: RowSpec): string {
  const columns = [...spec.key, ...spec.shown]
    .filter((column) => column !== 'removed_at')
    .sort(asInJsonb);
  if (columns.some((column) => NOT_TEXT.has(column))) {
    return `jsonb_strip_nulls(to_jsonb((SELECT i FROM (SELECT ${columns.join(', ')}) i)))`;
  }
  const values = columns.map((column) => `${column}::text`);
  return `jsonb_strip_nulls(jsonb_object('{${columns.join(',')}}', ARRAY[${values.join(', ')}]))`;
}

/** The order in which `jsonb` keeps names: it need not sort what comes sorted. */
function asInJsonb(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : 1);
}

/** Columns that JSON has its own types for. */
const NOT_TEXT = new Set(['user_id', 'tutor_id', 'group_id', 'student_id', 'site_id', 'active']);
