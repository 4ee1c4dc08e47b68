import type { ChangeCount, PlanSummary } from '@passerelle/sync';
import type { SqlClient } from '../staging/tables.js';
import { heldRows, type PlannedRun, planRows } from './plan-rows.js';

interface CountRow extends ChangeCount {
  site: string | null;
  group: string | null;
  by: 'kind' | 'site' | 'group';
}

/** Counts a run's changes by kind, by site and by group, in one pass over them. */
export async function summarise(db: SqlClient, run: PlannedRun): Promise<PlanSummary> {
  const rows = await db.$queryRawUnsafe<CountRow[]>(
    `SELECT entity, kind, held, site_code AS site, group_ref AS "group", count(*)::int AS count,
            CASE WHEN grouping(site_code) = 0 THEN 'site'
                 WHEN grouping(group_ref) = 0 THEN 'group' ELSE 'kind' END AS by
       FROM (${allRows(run)}) p
      GROUP BY GROUPING SETS ((entity, kind, held), (site_code, entity, kind, held),
                              (group_ref, entity, kind, held))
      ORDER BY site_code NULLS LAST, group_ref, entity, kind, held`,
    run.id,
  );
  return {
    kinds: rows.filter(({ by }) => by === 'kind').map(countOf),
    sites: rows
      .filter(({ by }) => by === 'site')
      .map((row) => ({ site: row.site, ...countOf(row) })),
    groups: rows.flatMap((row) =>
      row.by === 'group' && row.group !== null ? [{ group: row.group, ...countOf(row) }] : [],
    ),
  };
}

const COUNTED = 'entity, kind, held, site_code, group_ref';

function allRows(run: PlannedRun): string {
  const made = `SELECT ${COUNTED} FROM (${planRows(run, 'run_id = $1::int')}) made`;
  if (run.dryRun) return made;
  return `${made} UNION ALL SELECT ${COUNTED} FROM (${heldRows('run_id = $1::int')}) held`;
}

function countOf({ entity, kind, held, count }: CountRow): ChangeCount {
  return { entity, kind, held, count };
}
