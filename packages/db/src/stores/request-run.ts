import type { TaskName } from '@passerelle/roster';
import type { DueDate, RequestOutcome, RunRequest } from '@passerelle/sync';
import type { Prisma } from '../generated/client.js';
import type { PrismaClient } from '../client.js';
import type { SyncRunModel } from '../generated/models.js';
import { activeStates, toRun } from './run-rows.js';

/**
 * Creates a run, unless the task has an active one: the partial unique index
 * decides between several who ask at once. A waiting run is joined only if it
 * reads what was asked for.
 */
export async function requestRun(
  client: Prisma.TransactionClient,
  request: RunRequest,
  now: Date,
): Promise<RequestOutcome> {
  for (;;) {
    const active = await client.syncRun.findFirst({
      where: { ...runsBeside(request), state: { in: activeStates } },
    });
    if (active !== null) {
      const outcome =
        active.state === 'queued' && readsWhatIsAsked(active, request) ? 'joined' : 'busy';
      return { outcome, run: toRun(active) };
    }
    const id = await insertRun(client, request, now);
    if (id !== null) {
      return {
        outcome: 'created',
        run: toRun(await client.syncRun.findUniqueOrThrow({ where: { id } })),
      };
    }
  }
}

/** A run of all parts reads those that another lacked, too. */
function readsWhatIsAsked(active: SyncRunModel, request: RunRequest): boolean {
  return (
    active.siteCode === (request.siteCode ?? null) &&
    active.dryRun === (request.dryRun ?? false) &&
    (!active.onlyMissing ||
      (request.onlyMissing === true && active.retryOfId === request.retryOfId))
  );
}

/** Which runs leave no room for another: of the task, or of the same person. */
function runsBeside({ task, userId }: RunRequest): Prisma.SyncRunWhereInput {
  return userId === undefined ? { task, userId: null } : { userId };
}

/**
 * The claim and the request stand or fall together. Null: another has had the
 * date, in which case it is moved on all the same; or it must wait until a dry
 * run, or one of missing parts only, is over: nobody's schedule is to suffer from it.
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

/** Null: another one came first. */
async function insertRun(
  client: Prisma.TransactionClient,
  { task, trigger, siteCode, userId, retryOfId, onlyMissing, requestedBy, dryRun }: RunRequest,
  now: Date,
): Promise<number | null> {
  const rows = await client.$queryRaw<{ id: number }[]>`
    INSERT INTO sync_runs
           (task, trigger, site_code, user_id, retry_of_id, only_missing, requested_by, dry_run,
            queued_at)
    VALUES (${task}, ${trigger}::run_trigger, ${siteCode ?? null}, ${userId ?? null}::int,
            ${retryOfId ?? null}::int, ${onlyMissing ?? false}, ${requestedBy ?? null},
            ${dryRun ?? false}, ${now})
    ON CONFLICT DO NOTHING
    RETURNING id`;
  return rows[0]?.id ?? null;
}
