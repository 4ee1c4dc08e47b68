import type { Retention, RetentionDays } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { trimLogins } from '../logins/trim-logins.js';

/** Rows of a kind that one statement takes at most; runs take their parts with them. */
const BATCH: Readonly<RetentionDays> = { runs: 50, changes: 5_000, rejected: 5_000, audit: 5_000 };

/** Forgetting by age, in bounded batches. */
export function createRetention(client: PrismaClient): Retention {
  return {
    trim: async (before) => {
      const rows = {
        changes: (await trimChanges(client, before.changes)) + (await trimPlans(client, before)),
        rejected:
          (await trimRejected(client, before.rejected)) +
          (await trimQuarantine(client, before.rejected)),
        runs: await trimRuns(client, before.runs),
        audit: await trimAudit(client, before.audit),
      };
      await forgetSessions(client);
      await trimLogins(client);
      const kinds: (keyof RetentionDays)[] = ['runs', 'changes', 'rejected', 'audit'];
      return { rows, more: kinds.some((kind) => rows[kind] >= BATCH[kind]) };
    },
  };
}

/** Numbers grow with time: the oldest are found by their key, without an index on the date. */
function trimChanges(client: PrismaClient, before: Date): Promise<number> {
  return client.$executeRaw`
    DELETE FROM changes WHERE id IN (
      SELECT id FROM (SELECT id, at FROM changes ORDER BY id LIMIT ${BATCH.changes}::int) oldest
       WHERE at < ${before})`;
}

/** What dry runs announced goes with the run, and no later than the history would. */
function trimPlans(client: PrismaClient, { runs, changes }: Record<keyof RetentionDays, Date>) {
  return client.$executeRaw`
    DELETE FROM planned_changes WHERE id IN (
      SELECT p.id
        FROM (SELECT id, run_id FROM planned_changes ORDER BY id LIMIT ${BATCH.changes}::int) p
        JOIN sync_runs s ON s.id = p.run_id
       WHERE s.ended_at < greatest(${runs}::timestamptz, ${changes}::timestamptz))`;
}

function trimRejected(client: PrismaClient, before: Date): Promise<number> {
  return client.$executeRaw`
    DELETE FROM rejected_records WHERE id IN (
      SELECT r.id
        FROM (SELECT id, run_id, created_at FROM rejected_records
               ORDER BY id LIMIT ${BATCH.rejected}::int) r
        JOIN sync_runs s ON s.id = r.run_id AND s.ended_at IS NOT NULL AND s.state <> 'held'
       WHERE r.created_at < ${before})`;
}

/** What nobody has read again for so long; each run brings the rest up to date. */
function trimQuarantine(client: PrismaClient, before: Date): Promise<number> {
  return client.$executeRaw`
    DELETE FROM quarantine WHERE id IN (
      SELECT id FROM quarantine WHERE last_seen_at < ${before}
       ORDER BY id LIMIT ${BATCH.rejected}::int)`;
}

/**
 * The last good run is the one whose start its task has kept (`recordSuccess`). A plan
 * goes before its run, in batches of its own; what became of the run goes with it.
 */
async function trimRuns(client: PrismaClient, before: Date): Promise<number> {
  const gone = await client.$queryRaw<unknown[]>`
    WITH gone AS (DELETE FROM sync_runs WHERE id IN (
      SELECT r.id FROM sync_runs r
       WHERE r.ended_at < ${before} AND r.state IN ('succeeded', 'partial', 'failed', 'cancelled')
         AND NOT (r.state = 'succeeded' AND EXISTS (
               SELECT FROM task_definitions t
                WHERE t.name = r.task AND t.last_run_at = coalesce(r.started_at, r.queued_at)))
         AND NOT EXISTS (SELECT FROM planned_changes p WHERE p.run_id = r.id)
       ORDER BY r.id LIMIT ${BATCH.runs}::int) RETURNING id),
         events AS (DELETE FROM run_events e USING gone g WHERE e.run_id = g.id)
    SELECT id FROM gone`;
  return gone.length;
}

/** The audit is append-only but for this function of the database. */
async function trimAudit(client: PrismaClient, before: Date): Promise<number> {
  const [row] = await client.$queryRaw<{ gone: number }[]>`
    SELECT forget_audit_events(${before}::timestamptz, ${BATCH.audit}::int) AS gone`;
  return row?.gone ?? 0;
}

/** Those that are over, with the addresses they came from. */
async function forgetSessions(client: PrismaClient): Promise<void> {
  await client.$executeRaw`DELETE FROM sessions WHERE least(idle_until, expires_at) < now()`;
}
