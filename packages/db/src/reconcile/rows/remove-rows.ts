import type { Work } from '../work.js';
import { imageOf } from './insert-rows.js';
import type { RowSpec } from './row-spec.js';

/**
 * Takes the rows named by a temporary table's `id` for gone: people and lists
 * become suspended, links are removed (the row stays, as history).
 *
 * @returns how many there were
 */
export async function removeRows(work: Work, spec: RowSpec, leaving: string): Promise<number> {
  return spec.presence === 'status'
    ? suspendRows(work, spec, leaving)
    : removeLinks(work, spec, leaving);
}

async function suspendRows(work: Work, spec: RowSpec, leaving: string): Promise<number> {
  await work.tx.$executeRawUnsafe(
    `INSERT INTO changes (run_id, entity, entity_id, kind, before, after, at)
     SELECT $1::int, '${spec.entity}', id, 'suspended',
            '{"status": "active"}', '{"status": "suspended"}', $2::timestamptz
       FROM ${leaving}`,
    work.runId,
    work.now,
  );
  return work.tx.$executeRawUnsafe(
    `UPDATE ${spec.table} o
        SET status = 'suspended', missing_since = $1::timestamptz, updated_at = $1::timestamptz
       FROM ${leaving} l WHERE o.id = l.id`,
    work.now,
  );
}

async function removeLinks(work: Work, spec: RowSpec, leaving: string): Promise<number> {
  await work.tx.$executeRawUnsafe(
    `INSERT INTO changes (run_id, entity, entity_id, kind, before, at)
     SELECT $1::int, '${spec.entity}', o.id, 'removed', ${imageOf(spec)}, $2::timestamptz
       FROM ${spec.table} o WHERE o.id IN (SELECT id FROM ${leaving})`,
    work.runId,
    work.now,
  );
  return work.tx.$executeRawUnsafe(
    `UPDATE ${spec.table} o
        SET removed_at = $1::timestamptz, active = false, updated_at = $1::timestamptz
       FROM ${leaving} l WHERE o.id = l.id`,
    work.now,
  );
}
