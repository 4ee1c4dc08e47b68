import type { EventScope, Page, PageRequest, RunEvent, RunEvents } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { isVisibleRun } from '../directory/visible-runs.js';
import { InvalidCursorError } from '../errors.js';
import type { RunEventModel } from '../generated/models.js';

/** What triggers write to `run_events`, each event by the number that readers give it. */
export function createRunEvents(client: PrismaClient): RunEvents {
  return {
    last: () => numberRunEvents(client),
    after: (id, scope, limit) => readAfter(client, id, scope, limit),
    list: (runId, page) => readLog(client, runId, page),
  };
}

/**
 * Numbers what was committed since somebody last did, before which nothing can be read.
 * @returns the last number; `0` before the first
 */
export async function numberRunEvents(client: PrismaClient): Promise<string> {
  const [row] = await client.$queryRaw<{ last: string }[]>`
    SELECT number_run_events()::text AS last`;
  return row?.last ?? '0';
}

async function readAfter(
  client: PrismaClient,
  id: string,
  { runId, reach = 'everywhere' }: EventScope,
  limit: number,
): Promise<RunEvent[]> {
  const position = parsePosition(id);
  await numberRunEvents(client);
  const rows = await client.$queryRaw<RunEventRow[]>`
    SELECT e.seq, e.run_id AS "runId", e.at, e.part, e.state, e.detail
      FROM run_events e JOIN sync_runs r ON r.id = e.run_id
     WHERE e.seq > ${position}::bigint
       AND (${runId ?? null}::int IS NULL OR e.run_id = ${runId ?? null}::int)
       AND ${isVisibleRun(reach)}
     ORDER BY e.seq LIMIT ${limit}::int`;
  return rows.map(toRunEvent);
}

async function readLog(
  client: PrismaClient,
  runId: number,
  { cursor, limit }: PageRequest,
): Promise<Page<RunEvent>> {
  const after = parsePosition(cursor ?? '0');
  await numberRunEvents(client);
  const rows = await client.runEvent.findMany({
    where: { runId, seq: { gt: after } },
    orderBy: { seq: 'asc' },
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map(toRunEvent);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** The largest PostgreSQL bigint has 19 digits; no count of events comes near. */
function parsePosition(position: string): bigint {
  if (!/^\d{1,18}$/.test(position)) throw new InvalidCursorError();
  return BigInt(position);
}

type RunEventRow = Pick<RunEventModel, 'seq' | 'runId' | 'at' | 'part' | 'state' | 'detail'>;

function toRunEvent({ seq, runId, at, part, state, detail }: RunEventRow): RunEvent {
  return {
    ...{ id: String(seq), runId, at, part },
    // Written by the triggers, from the columns of that name.
    state: state as RunEvent['state'],
    detail: detail as RunEvent['detail'],
  };
}
