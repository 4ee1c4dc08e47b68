import type { Work } from '../work.js';
import type { RowSpec } from './row-spec.js';

/** Inserts the new rows of a temporary table (`is_new`, with their ids), and tells of each. */
export async function insertRows(work: Work, spec: RowSpec, incoming: string): Promise<number> {
  const columns = ['id', ...spec.key, ...spec.shown, ...spec.hidden].join(', ');
  const inserted = await work.tx.$executeRawUnsafe(
    `INSERT INTO ${spec.table} (${columns}, created_at, updated_at)
     SELECT ${columns}, $1::timestamptz, $1::timestamptz FROM ${incoming} WHERE is_new`,
    work.now,
  );
  if (inserted === 0) return 0;
  await work.tx.$executeRawUnsafe(
    `INSERT INTO changes (run_id, entity, entity_id, kind, after, at)
     SELECT $1::int, '${spec.entity}', id, 'created', ${imageOf(spec)}, $2::timestamptz
       FROM ${incoming} WHERE is_new`,
    work.runId,
    work.now,
  );
  return inserted;
}

/** A row as the history keeps it whole: its key and all that is shown of it, but for nulls. */
export function imageOf(spec: RowSpec): string {
  const pairs = [...spec.key, ...spec.shown].map((column) => `'${column}', ${column}`);
  return `jsonb_strip_nulls(jsonb_build_object(${pairs.join(', ')}))`;
}
