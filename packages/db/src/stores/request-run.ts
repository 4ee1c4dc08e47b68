import type { TaskName } from '@passerelle/roster';
import type { DueDate, RequestOutcome, Run, RunRequest } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { Prisma } from '../generated/client.js';
import type { SyncRunModel } from '../generated/models.js';
import { toRun } from './run-rows.js';

/**
 * Creates a run, unless the task has an active one: the partial unique index
 * decides between several who ask at once. A waiting run is joined only if it
 * reads what was asked for. One statement looks, writes the run and tells the audit.
 */
export async function requestRun(
  client: Prisma.TransactionClient,
  request: RunRequest,
  now: Date,
): Promise<RequestOutcome> {
  for (;;) {
    const found = await findOrInsert(client, request, now);
    // Another one came first, too late to be seen: next time it is.
    if (found === null) continue;
    const { isNew, run } = found;
    if (isNew) return { outcome: 'created', run };
    const mayJoin =
      run.state === 'queued' && request.join !== false && readsWhatIsAsked(run, request);
    return { outcome: mayJoin ? 'joined' : 'busy', run };
  }
}

/** A run of all parts reads those that another lacked, too. */
function readsWhatIsAsked(run: Run, request: RunRequest): boolean {
  return (
    run.siteCode === (request.siteCode ?? null) &&
    run.dryRun === (request.dryRun ?? false) &&
    (!run.onlyMissing || (request.onlyMissing === true && run.retryOfId === request.retryOfId))
  );
}

async function findOrInsert(
  client: Prisma.TransactionClient,
  request: RunRequest,
  now: Date,
): Promise<{ isNew: boolean; run: Run } | null> {
  const { task, trigger, siteCode, userId, retryOfId, requestedBy, dryRun, claimed } = request;
  const { onlyMissing = false } = request;
  const [row] = await client.$queryRaw<Record<string, unknown>[]>`
    WITH active AS (
      SELECT * FROM sync_runs
       WHERE ${isBeside(request)} AND state IN ('queued', 'running', 'waiting') LIMIT 1),
    made AS (
      INSERT INTO sync_runs (task, trigger, site_code, user_id, retry_of_id, requested_by, dry_run,
                             only_missing, enqueue_count, queued_at)
      SELECT ${task}, ${trigger}::run_trigger, ${siteCode ?? null}, ${userId ?? null}::int,
             ${retryOfId ?? null}::int, ${requestedBy ?? null}, ${dryRun ?? false}::boolean, ${onlyMissing}::boolean,
             ${claimed === true ? 1 : 0}::int, ${now}::timestamptz
       WHERE NOT EXISTS (SELECT FROM active)
      ON CONFLICT DO NOTHING RETURNING *),
    told AS (${tellAudit(request, now)})
    SELECT true AS is_new, * FROM made UNION ALL SELECT false, * FROM active`;
  if (row === undefined) return null;
  return { isNew: row['is_new'] === true, run: toRun(inCamelCase(row)) };
}

/** Which runs leave no room for another: of the task, or of the same person. */
function isBeside({ task, userId }: RunRequest): Prisma.Sql {
  return userId === undefined
    ? Prisma.sql`task = ${task} AND user_id IS NULL`
    : Prisma.sql`user_id = ${userId}::int`;
}

/** Who asked for a run, in its own transaction; nothing where nobody is to be told of. */
function tellAudit({ author }: RunRequest, now: Date): Prisma.Sql {
  if (author === undefined) return Prisma.sql`SELECT 1`;
  return Prisma.sql`
    INSERT INTO audit_events (actor, action, entity, entity_id, after, reason, from_where, occurred_at)
    SELECT ${author.by}, 'run.requested', 'run', id::text,
           jsonb_build_object('task', task, 'site', site_code, 'dryRun', dry_run, 'userId', user_id),
           ${author.reason}, ${author.from}, ${now}::timestamptz
      FROM made`;
}

/** A row as Prisma names its columns. */
function inCamelCase(row: Readonly<Record<string, unknown>>): SyncRunModel {
  const fields = Object.entries(row).map(([name, value]) => [
    name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(fields) as SyncRunModel;
}

/**
 * The claim and the request stand or fall together. Null: another has had the
 * date, in which case it is moved on all the same; or it must wait until a dry
 * run is over, which nobody's schedule is to suffer from.
 */
export async function requestDueRun(
  client: PrismaClient,
  task: TaskName,
  due: DueDate,
  now: Date,
): Promise<RequestOutcome | null> {
  return client.$transaction(async (tx) => {
    const { count } = await tx.taskDefinition.updateMany({
      where: { name: task, disabled: false, [COLUMN[due.of]]: due.at },
      data: { [COLUMN[due.of]]: due.of === 'schedule' ? due.next : null },
    });
    if (count === 0) return null;
    const request = { task, trigger: 'schedule' } as const;
    // Whoever claims a date holds the task's row: nobody else is here.
    const isTaken = due.of === 'schedule' && (await isDateTaken(tx, task, due.at));
    if (isTaken) return null;
    const outcome = await requestRun(tx, request, now);
    if (outcome.outcome === 'busy' && (outcome.run.dryRun || outcome.run.onlyMissing)) {
      await tx.taskDefinition.update({ where: { name: task }, data: { [COLUMN[due.of]]: due.at } });
      return null;
    }
    if (outcome.outcome !== 'busy' && due.of === 'schedule') {
      await tx.syncRun.update({ where: { id: outcome.run.id }, data: { dueAt: due.at } });
    }
    return outcome;
  });
}

async function isDateTaken(
  tx: Prisma.TransactionClient,
  task: TaskName,
  dueAt: Date,
): Promise<boolean> {
  return (await tx.syncRun.count({ where: { task, dueAt } })) > 0;
}

const COLUMN = { schedule: 'nextRunAt', retry: 'retryAt' } as const;
