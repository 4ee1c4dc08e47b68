import type { Page, PageRequest, PlanFilter, PlannedChange } from '@passerelle/sync';
import type { SqlClient } from '../staging/tables.js';
import { InvalidCursorError } from '../errors.js';
import { filterSql } from './filter-sql.js';
import {
  heldRows,
  type PlannedRun,
  type PlanRow,
  planRows,
  tableOf,
  toPlannedChange,
} from './plan-rows.js';

/** Ids that one statement looks at: what a filter passes over costs no memory and little time. */
const IDS_PER_LOOK = 20_000n;

/**
 * What is still to be looked at: of the changes those after an id, up to the run's
 * last; and then of what it holds back.
 */
interface Place {
  of: 'made' | 'held';
  after: bigint;
  /** Of the changes that were made. */
  last: bigint;
}

/**
 * One page of a run's changes, and then of what it holds back. A run writes its
 * changes in one go, so that their ids lie together; they are looked at a stretch
 * at a time, whatever the planner knows of a table that has just grown by a
 * million rows.
 */
export async function readChanges(
  db: SqlClient,
  run: PlannedRun,
  filter: PlanFilter,
  { cursor, limit }: PageRequest,
): Promise<Page<PlannedChange>> {
  const start = cursor === undefined ? await beginningOf(db, run) : parseCursor(cursor);
  const made = start.of === 'made' ? await findMade(db, run, filter, start, limit + 1) : [];
  const after = start.of === 'held' ? start.after : 0n;
  const wanted = run.dryRun ? 0 : limit + 1 - made.length;
  const held = wanted > 0 ? await findHeld(db, run, filter, after, wanted) : [];
  const found = [...made, ...held];
  const page = found.slice(0, limit);
  return {
    items: page.map(toPlannedChange),
    nextCursor: found.length > limit ? cursorAfter(page.at(-1), run, start) : null,
  };
}

async function beginningOf(db: SqlClient, run: PlannedRun): Promise<Place> {
  // The sum keeps PostgreSQL from looking for the run from the first change of all.
  const [span] = await db.$queryRawUnsafe<{ first: bigint | null; last: bigint | null }[]>(
    `SELECT min(id + 0) AS first, max(id + 0) AS last FROM ${tableOf(run)} WHERE run_id = $1::int`,
    run.id,
  );
  return { of: 'made', after: (span?.first ?? 1n) - 1n, last: span?.last ?? 0n };
}

async function findMade(
  db: SqlClient,
  run: PlannedRun,
  filter: PlanFilter,
  { after, last }: Place,
  limit: number,
): Promise<PlanRow[]> {
  const found: PlanRow[] = [];
  for (let from = after; from < last && found.length < limit; from += IDS_PER_LOOK) {
    const until = from + IDS_PER_LOOK < last ? from + IDS_PER_LOOK : last;
    found.push(...(await look(db, run, filter, [from, until], limit - found.length)));
  }
  return found;
}

async function look(
  db: SqlClient,
  run: PlannedRun,
  filter: PlanFilter,
  [after, until]: readonly [bigint, bigint],
  limit: number,
): Promise<PlanRow[]> {
  const { within, outside, values } = filterSql(run, filter, 5);
  const inSpan = 'run_id = $1::int AND id > $2::bigint AND id <= $4::bigint';
  const rows = planRows(run, `${inSpan} AND ${within}`);
  return db.$queryRawUnsafe<PlanRow[]>(
    `SELECT ${COLUMNS} FROM (${rows}) p WHERE ${outside} ORDER BY id LIMIT $3::int`,
    ...[run.id, after, limit, until],
    ...values,
  );
}

async function findHeld(
  db: SqlClient,
  run: PlannedRun,
  filter: PlanFilter,
  after: bigint,
  limit: number,
): Promise<PlanRow[]> {
  const { within, outside, values } = filterSql(run, filter, 4);
  const rows = heldRows(`run_id = $1::int AND id > $2::bigint AND ${within}`);
  return db.$queryRawUnsafe<PlanRow[]>(
    `SELECT ${COLUMNS} FROM (${rows}) p WHERE ${outside} ORDER BY id LIMIT $3::int`,
    ...[run.id, after, limit],
    ...values,
  );
}

const COLUMNS = 'id, entity, ref, kind, held, before, after, site_code, group_ref';

/** `400-900`: after change 400, the run's last being 900; `held-7`: of what is held. */
function cursorAfter(
  row: PlanRow | undefined,
  { dryRun }: PlannedRun,
  { last }: Place,
): string | null {
  if (row === undefined) return null;
  return row.held && !dryRun ? `held-${row.id}` : `${row.id}-${last}`;
}

function parseCursor(cursor: string): Place {
  const [, held] = /^held-(\d{1,18})$/.exec(cursor) ?? [];
  if (held !== undefined) return { of: 'held', after: BigInt(held), last: 0n };
  const [, after, last] = /^(\d{1,18})-(\d{1,18})$/.exec(cursor) ?? [];
  if (after === undefined || last === undefined) throw new InvalidCursorError();
  return { of: 'made', after: BigInt(after), last: BigInt(last) };
}
