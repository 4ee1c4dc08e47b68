import type { TaskName } from '@passerelle/roster';
import type { DueDate, RequestOutcome, Run, RunRequest } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { Prisma } from '../generated/client.js';
import type { SyncRunModel } from '../generated/models.js';
import { type Ask, askWithin } from '../statements.js';
import { toRun } from './run-rows.js';

/** A request, and when it was made. */
export interface TimedRequest {
  request: RunRequest;
  now: Date;
}

/**
 * Creates a run, unless the task has an active one: the partial unique index
 * decides between several who ask at once. A waiting run is joined only if it
 * reads what was asked for.
 */
export async function requestRun(
  tx: Prisma.TransactionClient,
  request: RunRequest,
  now: Date,
): Promise<RequestOutcome> {
  const [outcome] = await requestRuns(askWithin(tx), [{ request, now }]);
  if (outcome === undefined) throw new Error('The database did not answer who has the run.');
  return outcome;
}

/** Likewise for several who ask at once: one statement looks, writes the runs and tells the audit. */
export async function requestRuns(
  ask: Ask,
  asked: readonly TimedRequest[],
): Promise<RequestOutcome[]> {
  const found = new Map<TimedRequest, Found>();
  for (let left = asked; left.length > 0; left = left.filter((one) => !found.has(one))) {
    // Who is not among them was too late to be the first and too early to see who was: next time they do.
    for (const [one, run] of await findOrInsert(ask, left)) found.set(one, run);
  }
  return asked.flatMap((one) => {
    const run = found.get(one);
    return run === undefined ? [] : [outcomeOf(one.request, run)];
  });
}

interface Found {
  isNew: boolean;
  run: Run;
}

function outcomeOf(request: RunRequest, { isNew, run }: Found): RequestOutcome {
  if (isNew) return { outcome: 'created', run };
  const mayJoin =
    run.state === 'queued' && request.join !== false && readsWhatIsAsked(run, request);
  return { outcome: mayJoin ? 'joined' : 'busy', run };
}

/** A run of all parts reads those that another lacked, too. */
function readsWhatIsAsked(run: Run, request: RunRequest): boolean {
  return (
    run.siteCode === (request.siteCode ?? null) &&
    run.dryRun === (request.dryRun ?? false) &&
    (!run.onlyMissing || (request.onlyMissing === true && run.retryOfId === request.retryOfId))
  );
}

/** In the order of tasks, so that two who ask for several wait for each other in one direction only. */
const FIND_OR_INSERT = {
  name: 'find_or_insert_runs',
  text: `
    WITH asked AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS a (
        n int, task text, trigger run_trigger, site_code text, user_id int, retry_of_id int,
        requested_by text, dry_run bool, only_missing bool, enqueue_count int, queued_at timestamptz,
        actor text, reason text, from_where text)),
    active AS (
      SELECT a.n, r.* FROM asked a, LATERAL (
        SELECT * FROM sync_runs
         WHERE a.user_id IS NULL AND task = a.task AND user_id IS NULL
           AND state IN ('queued', 'running', 'waiting')
         UNION ALL
        SELECT * FROM sync_runs
         WHERE user_id = a.user_id AND state IN ('queued', 'running', 'waiting') LIMIT 1) r),
    free AS MATERIALIZED (
      SELECT nextval('sync_runs_id_seq')::int AS id, a.* FROM asked a
       WHERE NOT EXISTS (SELECT FROM active WHERE active.n = a.n)),
    made AS (
      INSERT INTO sync_runs (id, task, trigger, site_code, user_id, retry_of_id, requested_by,
                             dry_run, only_missing, enqueue_count, queued_at)
      SELECT id, task, trigger, site_code, user_id, retry_of_id, requested_by,
             dry_run, only_missing, enqueue_count, queued_at
        FROM free ORDER BY task, user_id, n
      ON CONFLICT DO NOTHING RETURNING *),
    told AS (
      INSERT INTO audit_events (actor, action, entity, entity_id, before, after, reason, from_where, occurred_at)
      SELECT free.actor, CASE WHEN old.id IS NULL THEN 'run.requested' ELSE 'run.retried' END, 'run',
             coalesce(old.id, made.id)::text,
             CASE WHEN old.id IS NOT NULL THEN jsonb_build_object('state', old.state) END,
             CASE WHEN old.id IS NULL
                  THEN jsonb_build_object('task', made.task, 'site', made.site_code,
                                          'dryRun', made.dry_run, 'userId', made.user_id)
                  ELSE jsonb_build_object('run', made.id, 'whole', NOT made.only_missing) END,
             free.reason, free.from_where, free.queued_at
        FROM made JOIN free USING (id) LEFT JOIN sync_runs old ON old.id = made.retry_of_id
       WHERE free.actor IS NOT NULL ORDER BY made.id)
    SELECT is_new, n, ${columns()}
      FROM (SELECT true AS is_new, free.n, made.* FROM made JOIN free USING (id)
             UNION ALL SELECT false, active.* FROM active) AS found`,
};

interface FoundRow extends SyncRunModel {
  is_new: boolean;
  /** The place among what was asked. */
  n: number;
}

async function findOrInsert(
  ask: Ask,
  asked: readonly TimedRequest[],
): Promise<[TimedRequest, Found][]> {
  const rows = await ask<FoundRow>(FIND_OR_INSERT, [JSON.stringify(asked.map(rowOf))]);
  return rows.flatMap((row) => {
    const one = asked[row.n];
    return one === undefined ? [] : [[one, { isNew: row.is_new, run: toRun(row) }]];
  });
}

function rowOf({ request, now }: TimedRequest, n: number): Record<string, unknown> {
  const { task, trigger, siteCode, userId, retryOfId, requestedBy, dryRun, onlyMissing } = request;
  const { claimed, author } = request;
  return {
    ...{ n, task, trigger, site_code: siteCode, user_id: userId, retry_of_id: retryOfId },
    ...{ requested_by: requestedBy, dry_run: dryRun ?? false, only_missing: onlyMissing ?? false },
    // Who asked for a new run is told in its own transaction, where anybody is.
    ...{ enqueue_count: claimed === true ? 1 : 0, queued_at: now, actor: author?.by },
    ...{ reason: author?.reason, from_where: author?.from },
  };
}

/** Those of a run, named as Prisma names them. */
function columns(): string {
  return Object.values(Prisma.SyncRunScalarFieldEnum)
    .map((field) => `${field.replaceAll(/[A-Z]/g, (big) => `_${big.toLowerCase()}`)} AS "${field}"`)
    .join(', ');
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
