import type { EventScope, Page, PageRequest, RunEvent, RunEvents } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { isVisibleRun } from '../directory/visible-runs.js';
import { InvalidCursorError } from '../errors.js';
import type { RunEventModel } from '../generated/models.js';

/** What triggers write to `run_events`. */
export function createRunEvents(client: PrismaClient): RunEvents {
  return {
    last: async () => {
      const { _max } = await client.runEvent.aggregate({ _max: { id: true } });
      return String(_max.id ?? 0);
    },
    after: (id, scope, limit) => readAfter(client, id, scope, limit),
    list: (runId, page) => readLog(client, runId, page),
  };
}

async function readAfter(
  client: PrismaClient,
  id: string,
  { runId, reach = 'everywhere' }: EventScope,
  limit: number,
): Promise<RunEvent[]> {
  const rows = await client.$queryRaw<RunEventRow[]>`
    SELECT e.id, e.run_id AS "runId", e.at, e.part, e.state, e.detail
      FROM run_events e JOIN sync_runs r ON r.id = e.run_id
     WHERE e.id > ${parsePosition(id)}::bigint
       AND (${runId ?? null}::int IS NULL OR e.run_id = ${runId ?? null}::int)
       AND ${isVisibleRun(reach)}
     ORDER BY e.id LIMIT ${limit}::int`;
  return rows.map(toRunEvent);
}

async function readLog(
  client: PrismaClient,
  runId: number,
  { cursor, limit }: PageRequest,
): Promise<Page<RunEvent>> {
  const rows = await client.runEvent.findMany({
    where: { runId, ...(cursor === undefined ? {} : { id: { gt: parsePosition(cursor) } }) },
    orderBy: { id: 'asc' },
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

type RunEventRow = Pick<RunEventModel, 'id' | 'runId' | 'at' | 'part' | 'state' | 'detail'>;

function toRunEvent({ id, runId, at, part, state, detail }: RunEventRow): RunEvent {
  return {
    ...{ id: String(id), runId, at, part },
    // Written by the triggers, from the columns of that name.
    state: state as RunEvent['state'],
    detail: detail as RunEvent['detail'],
  };
}
