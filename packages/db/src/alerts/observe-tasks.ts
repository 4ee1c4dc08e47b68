import { isTaskName } from '@passerelle/roster';
import type { TaskObservation } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

interface Row extends Omit<TaskObservation, 'name' | 'held' | 'lastComplete'> {
  name: string;
  heldId: number | null;
  heldAt: Date | null;
  completeId: number | null;
  read: number | null;
  rejected: number | null;
}

/** What the rules look at of each task: a few rows by their index, however long the history is. */
export async function observeTasks(client: PrismaClient): Promise<TaskObservation[]> {
  const rows = await client.$queryRaw<Row[]>`
    SELECT t.name, t.minute, t.hour, t.day, t.month, t.weekday, t.disabled,
           t.next_run_at AS "nextRunAt", t.last_run_at AS "lastGoodAt",
           t.updated_at AS "scheduledSince",
           EXISTS (SELECT FROM sync_runs r
                    WHERE r.task = t.name AND r.dry_run
                      AND r.state IN ('queued', 'running', 'waiting')) AS rehearses,
           held.id AS "heldId", held.at AS "heldAt",
           complete.id AS "completeId", complete.read, complete.rejected
      FROM task_definitions t
      LEFT JOIN LATERAL (
        SELECT r.id, coalesce(r.ended_at, r.queued_at) AS at
          FROM sync_runs r WHERE r.task = t.name AND r.state = 'held' AND NOT r.dry_run
         ORDER BY r.id DESC LIMIT 1) held ON true
      LEFT JOIN LATERAL (
        SELECT r.id, r.read, r.rejected
          FROM sync_runs r
         WHERE r.task = t.name AND r.state IN ('succeeded', 'held') AND NOT r.dry_run
           AND r.site_code IS NULL AND r.user_id IS NULL
         ORDER BY r.id DESC LIMIT 1) complete ON true`;
  return rows.flatMap(({ name, heldId, heldAt, completeId, read, rejected, ...row }) => {
    if (!isTaskName(name)) return [];
    const held = heldId === null || heldAt === null ? null : { runId: heldId, at: heldAt };
    const lastComplete =
      completeId === null ? null : { runId: completeId, read: read ?? 0, rejected: rejected ?? 0 };
    return [{ ...row, name, held, lastComplete }];
  });
}
