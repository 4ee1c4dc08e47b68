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
  await recordRemovals(work, spec, leaving);
  return spec.presence === 'status'
    ? suspendRows(work, spec, leaving)
    : removeLinks(work, spec, leaving);
}

/** Tells of the removals. */
export async function recordRemovals(work: Work, spec: RowSpec, leaving: string): Promise<void> {
  const images =
    spec.presence === 'status'
      ? `'suspended', '{"status": "active"}'::jsonb, '{"status": "suspended"}'::jsonb`
      : `'removed', ${imageOf(spec)}, NULL::jsonb`;
  await work.tx.$executeRawUnsafe(
    `INSERT INTO changes (run_id, actor, entity, entity_id, kind, before, after, at)
     SELECT $1::int, $3::text, '${spec.entity}', o.id, ${images}, $2::timestamptz
       FROM ${spec.table} o WHERE o.id IN (SELECT id FROM ${leaving})`,
    work.runId,
    work.now,
    work.actor,
  );
}

async function suspendRows(work: Work, spec: RowSpec, leaving: string): Promise<number> {
  const { today } = work.context;
  const days = `, missing_on = coalesce(o.missing_on, $2::date), suspended_on = $2::date`;
  return work.tx.$executeRawUnsafe(
    `UPDATE ${spec.table} o
        SET status = 'suspended', missing_since = coalesce(o.missing_since, $1::timestamptz),
            updated_at = $1::timestamptz ${spec.entity === 'user' ? days : ''}
       FROM ${leaving} l WHERE o.id = l.id`,
    work.now,
    ...(spec.entity === 'user' ? [today] : []),
  );
}

async function removeLinks(work: Work, spec: RowSpec, leaving: string): Promise<number> {
  return work.tx.$executeRawUnsafe(
    `UPDATE ${spec.table} o
        SET removed_at = $1::timestamptz, active = false, updated_at = $1::timestamptz
       FROM ${leaving} l WHERE o.id = l.id`,
    work.now,
  );
}
