import { isTaskName, type RunState, type TaskName } from '@passerelle/roster';
import type {
  Author,
  BulkRetry,
  BulkRetryOutcome,
  BulkRetryRunState,
  BulkRetryScope,
  BulkRetryStore,
  Page,
  RequestKey,
  Run,
} from '@passerelle/sync';
import { recordEvent } from '../access/audit-log.js';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import type { Prisma } from '../generated/client.js';
import { hashOf } from './request-keyed-run.js';
import { requestRun } from './request-run.js';
import { activeStates, toRun } from './run-rows.js';

/** Bulk retries, in `bulk_retries` and `bulk_retry_runs`. */
export function createBulkRetryStore(client: PrismaClient): BulkRetryStore {
  return {
    create: (...asked) => create(client, ...asked),
    get: async (id) => {
      const row = await client.bulkRetry.findUnique({ where: { id }, include: INCLUDED });
      return row === null ? null : toBulkRetry(client, row);
    },
    list: (page) => list(client, page),
    cancel: (id, author, now) =>
      client.$transaction(async (tx) => {
        const { count } = await tx.bulkRetry.updateMany({
          where: { id, state: 'running' },
          data: { state: 'cancelled', endedAt: now },
        });
        if (count === 0) return null;
        await tx.bulkRetryRun.updateMany({
          where: { bulkRetryId: id, state: 'pending' },
          data: { state: 'cancelled' },
        });
        const states = { before: { state: 'running' }, after: { state: 'cancelled' } };
        await recordEvent(tx, eventOf('bulk_retry.cancelled', id, states), author, now);
        return readOne(tx, id);
      }),
    advance: async (requestFor, now) => {
      const open = await client.bulkRetry.findMany({
        where: { state: 'running' },
        select: { id: true },
        orderBy: { id: 'asc' },
      });
      const requested: Run[] = [];
      for (const { id } of open) {
        const run = await client.$transaction((tx) => advance(tx, id, requestFor, now));
        if (run !== null) requested.push(run);
      }
      return requested;
    },
  };
}

/** As long as keys of runs are kept. */
const KEY_KEPT_MS = 48 * 60 * 60 * 1_000;

async function create(
  client: PrismaClient,
  scope: BulkRetryScope,
  author: Author,
  now: Date,
  key?: RequestKey,
): Promise<BulkRetryOutcome> {
  const { since, until, task = null, siteCode = null } = scope;
  const { by: requestedBy, reason } = author;
  const keyHash = key === undefined ? null : hashOf(key);
  return client.$transaction(async (tx) => {
    if (keyHash !== null) await releaseOldKey(tx, keyHash, now);
    // Whoever comes with the key meanwhile waits here for the end of this transaction.
    const rows = await tx.$queryRaw<{ id: number }[]>`
      INSERT INTO bulk_retries
             (since, until, task, site_code, requested_by, reason, created_at, key_hash, request_hash)
      VALUES (${since}, ${until}, ${task}, ${siteCode}, ${requestedBy}, ${reason}, ${now},
              ${keyHash}, ${key?.requestHash ?? null})
      ON CONFLICT DO NOTHING RETURNING id`;
    const id = rows[0]?.id;
    if (id === undefined) {
      const row = await tx.bulkRetry.findUniqueOrThrow({
        where: { keyHash: keyHash ?? '' },
        include: INCLUDED,
      });
      const outcome = row.requestHash === key?.requestHash ? 'replayed' : 'key_reused';
      return { outcome, bulkRetry: await toBulkRetry(tx, row) };
    }
    await collectRuns(tx, id, scope);
    await endIfDone(tx, id, now);
    const after = { since, until, task, site: siteCode };
    const event = eventOf('bulk_retry.requested', id, { before: null, after });
    await recordEvent(tx, event, author, now);
    return { outcome: 'created', bulkRetry: await readOne(tx, id) };
  });
}

function eventOf(
  action: 'bulk_retry.requested' | 'bulk_retry.cancelled',
  id: number,
  states: { before: unknown; after: unknown },
) {
  return { action, entity: 'bulk_retry', entityId: String(id), ...states };
}

async function releaseOldKey(tx: Tx, keyHash: string, now: Date): Promise<void> {
  await tx.bulkRetry.updateMany({
    where: { keyHash, createdAt: { lt: new Date(now.getTime() - KEY_KEPT_MS) } },
    data: { keyHash: null },
  });
}

async function collectRuns(tx: Tx, id: number, scope: BulkRetryScope): Promise<void> {
  const { since, until, task = null, siteCode = null } = scope;
  await tx.$executeRaw`
    INSERT INTO bulk_retry_runs (bulk_retry_id, run_id)
    SELECT ${id}::int, r.id FROM sync_runs r
     WHERE r.state IN ('failed', 'partial') AND NOT r.dry_run AND r.user_id IS NULL
       AND r.ended_at >= ${since} AND r.ended_at < ${until}
       AND (${task}::text IS NULL OR r.task = ${task}::text)
       AND (${siteCode}::text IS NULL OR r.site_code = ${siteCode}::text)`;
}

/** One step, by whoever has the row; others leave it. Null: nothing was requested. */
async function advance(
  tx: Tx,
  id: number,
  requestFor: Parameters<BulkRetryStore['advance']>[0],
  now: Date,
): Promise<Run | null> {
  const [mine] = await tx.$queryRaw<{ requested_by: string }[]>`
    SELECT requested_by FROM bulk_retries WHERE id = ${id}::int AND state = 'running'
       FOR UPDATE SKIP LOCKED`;
  if (mine === undefined || (await isRetryUnderWay(tx, id))) return null;
  await passOverSuperseded(tx, id);
  const pending = await tx.bulkRetryRun.findMany({
    where: { bulkRetryId: id, state: 'pending' },
    orderBy: { runId: 'asc' },
  });
  for (const { runId } of pending) {
    const run = await tx.syncRun.findUniqueOrThrow({ where: { id: runId } });
    const request = await requestFor(toRun(run), mine.requested_by);
    const where = { bulkRetryId_runId: { bulkRetryId: id, runId } };
    if (request === null) {
      await tx.bulkRetryRun.update({ where, data: { state: 'superseded' } });
      continue;
    }
    const { outcome, run: asked } = await requestRun(tx, request, now);
    // Its task is busy with something else: perhaps the next one's is not.
    if (outcome === 'busy') continue;
    await tx.bulkRetryRun.update({ where, data: { state: 'retried', retryRunId: asked.id } });
    return outcome === 'created' ? asked : null;
  }
  await endIfDone(tx, id, now);
  return null;
}

async function isRetryUnderWay(tx: Tx, id: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<unknown[]>`
    SELECT FROM bulk_retry_runs b JOIN sync_runs r ON r.id = b.retry_run_id
     WHERE b.bulk_retry_id = ${id}::int AND r.state::text = ANY (${activeStates}) LIMIT 1`;
  return row !== undefined;
}

/**
 * What has become needless: a later run of the same task and site went well, or is
 * to be retried itself; or the run is no longer kept.
 */
async function passOverSuperseded(tx: Tx, id: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE bulk_retry_runs b SET state = 'superseded'
     WHERE b.bulk_retry_id = ${id}::int AND b.state = 'pending'
       AND NOT EXISTS (
         SELECT FROM sync_runs r WHERE r.id = b.run_id AND NOT EXISTS (
           SELECT FROM sync_runs later
            WHERE later.id > r.id AND later.task = r.task AND later.user_id IS NULL
              AND NOT later.dry_run AND later.site_code IS NOT DISTINCT FROM r.site_code
              AND (later.state = 'succeeded' OR EXISTS (
                    SELECT FROM bulk_retry_runs o
                     WHERE o.bulk_retry_id = b.bulk_retry_id AND o.run_id = later.id))))`;
}

async function endIfDone(tx: Tx, id: number, now: Date): Promise<void> {
  const left = await tx.bulkRetryRun.count({ where: { bulkRetryId: id, state: 'pending' } });
  if (left > 0) return;
  await tx.bulkRetry.update({ where: { id }, data: { state: 'done', endedAt: now } });
}

async function list(
  client: PrismaClient,
  { cursor, limit, reach = 'everywhere' }: Parameters<BulkRetryStore['list']>[0],
): Promise<Page<BulkRetry>> {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) throw new InvalidCursorError();
  const rows = await client.bulkRetry.findMany({
    where: {
      ...(cursor === undefined ? {} : { id: { lt: Number(cursor) } }),
      ...(reach === 'everywhere' ? {} : { siteCode: { in: [...reach] } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
    include: INCLUDED,
  });
  const items = await Promise.all(rows.slice(0, limit).map((row) => toBulkRetry(client, row)));
  const last = items.at(-1)?.id;
  return { items, nextCursor: rows.length > limit && last !== undefined ? String(last) : null };
}

const INCLUDED = { runs: { orderBy: { runId: 'asc' } } } as const;
type Tx = Prisma.TransactionClient;
type Row = Prisma.BulkRetryGetPayload<{ include: typeof INCLUDED }>;

async function readOne(tx: Tx, id: number): Promise<BulkRetry> {
  const row = await tx.bulkRetry.findUniqueOrThrow({ where: { id }, include: INCLUDED });
  return toBulkRetry(tx, row);
}

async function toBulkRetry(tx: Tx, row: Row): Promise<BulkRetry> {
  const { id, state, since, until, siteCode, requestedBy, reason, createdAt, endedAt } = row;
  const ids = row.runs.flatMap(({ retryRunId }) => retryRunId ?? []);
  const retries = await tx.syncRun.findMany({
    where: { id: { in: ids } },
    select: { id: true, state: true },
  });
  const stateById = new Map<number, RunState>(retries.map((retry) => [retry.id, retry.state]));
  return {
    ...{ id, since, until, siteCode, requestedBy, reason, createdAt, endedAt },
    state: state as BulkRetry['state'],
    task: toTask(row.task),
    runs: row.runs.map(({ runId, state: runState, retryRunId }) => ({
      ...{ runId, state: runState as BulkRetryRunState, retryRunId },
      retryState: retryRunId === null ? null : (stateById.get(retryRunId) ?? null),
    })),
  };
}

function toTask(task: string | null): TaskName | null {
  return task !== null && isTaskName(task) ? task : null;
}
