import type { Work } from '../work.js';
import type { RowSpec } from './row-spec.js';

/** Columns to compare and write, all of which the temporary table has. */
export type UpdatedColumns = Pick<RowSpec, 'shown' | 'hidden'>;

/**
 * Brings rows to what a temporary table says of them (by `id`, but for those
 * that are `is_new`), and tells what changed. Only rows that differ are written.
 * Leaves a temporary table `changed`: id, kind, before, after.
 *
 * @returns how many rows changed visibly
 */
export async function updateRows(
  work: Work,
  spec: RowSpec,
  incoming: string,
  changed: string,
  columns: UpdatedColumns = spec,
): Promise<number> {
  const found = await collectChanged(work, spec, incoming, changed, columns);
  if (found > 0 || columns.hidden.length > 0) {
    await writeColumns(work, spec, incoming, changed, columns);
  }
  if (found > 0) await recordChanges(work, spec, changed);
  return found;
}

async function collectChanged(
  work: Work,
  spec: RowSpec,
  incoming: string,
  changed: string,
  { shown }: UpdatedColumns,
): Promise<number> {
  const pairs = shown.map(
    (column) => `('${column}', to_jsonb(o.${column}), to_jsonb(n.${column}))`,
  );
  return work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE ${changed} ON COMMIT DROP AS
     SELECT o.id, d.before, d.after,
            CASE WHEN d.before ? '${spec.presence}' THEN 'restored' ELSE 'updated' END AS kind
       FROM ${incoming} n
       JOIN ${spec.table} o ON o.id = n.id
      CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(name, old) AS before, jsonb_object_agg(name, new) AS after
              FROM (VALUES ${pairs.join(', ')}) AS v (name, old, new)
             WHERE old IS DISTINCT FROM new) d
      WHERE NOT n.is_new AND (${differ(shown)})`,
  );
}

async function writeColumns(
  work: Work,
  spec: RowSpec,
  incoming: string,
  changed: string,
  { shown, hidden }: UpdatedColumns,
): Promise<void> {
  const all = [...shown, ...hidden];
  await work.tx.$executeRawUnsafe(
    `UPDATE ${spec.table} o
        SET ${all.map((column) => `${column} = n.${column}`).join(', ')},
            updated_at = CASE WHEN c.id IS NULL THEN o.updated_at ELSE $1::timestamptz END
       FROM ${incoming} n LEFT JOIN ${changed} c ON c.id = n.id
      WHERE o.id = n.id AND NOT n.is_new AND (c.id IS NOT NULL OR ${differ(hidden)})`,
    work.now,
  );
}

async function recordChanges(work: Work, spec: RowSpec, changed: string): Promise<void> {
  await work.tx.$executeRawUnsafe(
    `INSERT INTO changes (run_id, entity, entity_id, kind, before, after, at)
     SELECT $1::int, '${spec.entity}', id, kind, before, after, $2::timestamptz FROM ${changed}`,
    work.runId,
    work.now,
  );
}

function differ(columns: readonly string[]): string {
  if (columns.length === 0) return 'false';
  const list = (alias: string) => columns.map((column) => `${alias}.${column}`).join(', ');
  return `ROW(${list('o')}) IS DISTINCT FROM ROW(${list('n')})`;
}
