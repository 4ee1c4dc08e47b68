import type { TaskName } from '@passerelle/roster';
import type { DueDate, RequestOutcome, RunRequest } from '@passerelle/sync';
import type { Prisma } from '../generated/client.js';
import type { PrismaClient } from '../client.js';
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
      where: { task: request.task, state: { in: activeStates } },
    });
    if (active !== null) {
      const isSame = active.state === 'queued' && active.siteCode === (request.siteCode ?? null);
      return { outcome: isSame ? 'joined' : 'busy', run: toRun(active) };
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

/**
 * The claim and the request stand or fall together. Null: another has had the
 * date, in which case it is moved on all the same.
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
    if (due.of === 'retry') return requestRun(tx, request, now);
    // Whoever claims a date holds the task's row: nobody else is here.
    if ((await tx.syncRun.count({ where: { task, dueAt: due.at } })) > 0) return null;
    const outcome = await requestRun(tx, request, now);
    if (outcome.outcome !== 'busy') {
      await tx.syncRun.update({ where: { id: outcome.run.id }, data: { dueAt: due.at } });
    }
    return outcome;
  });
}

const COLUMN = { schedule: 'nextRunAt', retry: 'retryAt' } as const;

/** Null: another one came first. */
async function insertRun(
  client: Prisma.TransactionClient,
  { task, trigger, siteCode, retryOfId, requestedBy }: RunRequest,
  now: Date,
): Promise<number | null> {
  const rows = await client.$queryRaw<{ id: number }[]>`
    INSERT INTO sync_runs (task, trigger, site_code, retry_of_id, requested_by, queued_at)
    VALUES (${task}, ${trigger}::run_trigger, ${siteCode ?? null}, ${retryOfId ?? null}::int,
            ${requestedBy ?? null}, ${now})
    ON CONFLICT (task) WHERE state IN ('queued', 'running', 'waiting') DO NOTHING
    RETURNING id`;
  return rows[0]?.id ?? null;
}
