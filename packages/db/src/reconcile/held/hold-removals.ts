import type { LinkSpec } from '../links/link-spec.js';
import type { RowSpec } from '../rows/row-spec.js';
import type { Work } from '../work.js';

/**
 * SQL: what a row (alias `o`) said when its removal was held. If it says
 * something else later, the removal no longer fits.
 */
export function stateSql(spec: RowSpec): string {
  return spec.presence === 'status'
    ? 'o.content_hash'
    : `coalesce(o.starts_on::text, '') || '/' || coalesce(o.ends_on::text, '')`;
}

/** Keeps the removals named by a temporary table until someone decides on them. */
export async function holdRemovals(work: Work, spec: RowSpec, leaving: string): Promise<void> {
  await work.tx.$executeRawUnsafe(
    `INSERT INTO held_removals (run_id, entity, entity_id, state)
     SELECT $1::int, '${spec.entity}', o.id, ${stateSql(spec)}
       FROM ${leaving} l JOIN ${spec.table} o ON o.id = l.id`,
    work.runId,
  );
}

/** The runs of the task whose removals still wait; almost always none. */
async function heldRuns(work: Work): Promise<number[]> {
  const rows = await work.tx.$queryRawUnsafe<{ id: number }[]>(
    `SELECT h.id FROM sync_runs h JOIN sync_runs r ON r.task = h.task
      WHERE r.id = $1::int AND h.id <> r.id AND h.state = 'held'`,
    work.runId,
  );
  return rows.map(({ id }) => id);
}

/**
 * People whom this run has seen do not leave by an older run's removals any
 * more, and keep the links that they still have. For runs that left something
 * out: a complete one supersedes those before it.
 */
export async function releaseSeenPeople(work: Work, links: readonly LinkSpec[]): Promise<void> {
  const runs = work.complete ? [] : await heldRuns(work);
  if (runs.length === 0) return;
  for (const spec of links) {
    await work.tx.$executeRawUnsafe(
      `DELETE FROM held_removals h USING ${spec.table} o, seen_people k
        WHERE h.run_id = ANY ($1::int[]) AND h.entity = '${spec.rows.entity}'
          AND o.id = h.entity_id AND k.user_id = o.${spec.owner}
          AND (EXISTS (SELECT FROM incoming_${spec.table} n WHERE n.id = o.id)
            OR NOT EXISTS (SELECT FROM incoming_people i WHERE i.id = k.user_id))`,
      runs,
    );
  }
  await work.tx.$executeRawUnsafe(
    `DELETE FROM held_removals h USING seen_people k
      WHERE h.run_id = ANY ($1::int[]) AND h.entity = 'user' AND h.entity_id = k.user_id`,
    runs,
  );
}

/** Likewise of sites, groups or definitions. */
export async function releaseSeenRows(work: Work, spec: RowSpec): Promise<void> {
  const runs = work.complete ? [] : await heldRuns(work);
  if (runs.length === 0) return;
  await work.tx.$executeRawUnsafe(
    `DELETE FROM held_removals h USING incoming_rows i
      WHERE h.run_id = ANY ($1::int[]) AND h.entity = '${spec.entity}' AND h.entity_id = i.id`,
    runs,
  );
}

/** A complete run has ended: what older ones of its task hold no longer matters. */
export async function supersedeHeldRuns(work: Work): Promise<void> {
  const runs = await heldRuns(work);
  if (runs.length === 0) return;
  await work.tx.$executeRawUnsafe(
    `UPDATE sync_runs
        SET state = 'partial', error_kind = 'superseded', hold_reason = NULL,
            error = 'Run ' || $2::int || ' has read everything since and decides for itself; the removals that this run held were dropped.'
      WHERE id = ANY ($1::int[])`,
    runs,
    work.runId,
  );
  await work.tx.$executeRawUnsafe('DELETE FROM held_removals WHERE run_id = ANY ($1::int[])', runs);
}
