import type { Run, RunFilter } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { isVisibleRun } from '../directory/visible-runs.js';
import { Prisma } from '../generated/client.js';
import { toRun } from './run-rows.js';

/** Runs that fit, newest first. */
export async function listRuns(client: PrismaClient, filter: RunFilter): Promise<Run[]> {
  const ids = await findIds(client, filter);
  const rows = await client.syncRun.findMany({
    where: { id: { in: ids } },
    orderBy: { id: 'desc' },
  });
  return rows.map(toRun);
}

/** In SQL, for Prisma cannot say whom a caller may see. */
async function findIds(client: PrismaClient, filter: RunFilter): Promise<number[]> {
  const { id, task, states, triggers, dryRun, siteCode, onePerson, whole, retryOfId } = filter;
  const { since, until, beforeId, search, reach = 'everywhere', limit } = filter;
  const given = (value: unknown, sql: Prisma.Sql): Prisma.Sql[] =>
    value === undefined ? [] : [sql];
  const conditions = [
    ...given(id, Prisma.sql`r.id = ${id}::int`),
    ...given(task, Prisma.sql`r.task = ${task}`),
    ...given(states, Prisma.sql`r.state::text = ANY(${[...(states ?? [])]})`),
    ...given(triggers, Prisma.sql`r.trigger::text = ANY(${[...(triggers ?? [])]})`),
    ...given(dryRun, Prisma.sql`r.dry_run = ${dryRun}`),
    ...given(siteCode, Prisma.sql`r.site_code = ${siteCode}`),
    ...given(whole, IS_WHOLE),
    ...given(retryOfId, Prisma.sql`r.retry_of_id = ${retryOfId}::int`),
    ...(onePerson === false ? [Prisma.sql`r.user_id IS NULL`] : []),
    ...given(since, Prisma.sql`r.queued_at >= ${since}::timestamptz`),
    ...given(until, Prisma.sql`r.queued_at < ${until}::timestamptz`),
    ...given(beforeId, Prisma.sql`r.id < ${beforeId}::int`),
    ...(search === undefined ? [] : [holdsText(search)]),
    isVisibleRun(reach),
  ];
  const rows = await client.$queryRaw<{ id: number }[]>`
    SELECT r.id FROM sync_runs r WHERE ${Prisma.join(conditions, ' AND ')}
     ORDER BY r.id DESC LIMIT ${limit}::int`;
  return rows.map((row) => row.id);
}

/** Runs that speak for their task. */
const IS_WHOLE = Prisma.sql`(
  r.site_code IS NULL AND r.user_id IS NULL AND NOT r.dry_run AND NOT r.only_missing)`;

/** No pattern: what somebody looks for may hold % and _. */
function holdsText(search: string): Prisma.Sql {
  return Prisma.sql`strpos(
    lower(concat_ws(E'\n', r.task, r.error, r.hold_reason, r.error_kind, r.requested_by)),
    lower(${search}::text)) > 0`;
}
