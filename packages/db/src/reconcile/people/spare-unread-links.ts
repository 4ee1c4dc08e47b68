import { countOf, type Work } from '../work.js';

/**
 * Of one person's links that their record no longer holds only those are gone that
 * lie in a part which was read and brought anybody: the source may leave out of a
 * record what does not belong to the list that was asked for, and an empty list is suspect.
 */
export async function spareUnreadLinks({ tx, runId }: Work): Promise<void> {
  await tx.$executeRawUnsafe(
    `DELETE FROM leaving_memberships l USING memberships m
      WHERE m.id = l.id
        AND NOT EXISTS (
              SELECT FROM sync_run_parts p JOIN groups g ON g.id = m.group_id
               WHERE p.run_id = $1::int AND p.state = 'done' AND p.read > 0
                 AND (p.period_code IS NULL OR p.period_code = g.period_code)
                 AND (p.site_code IS NULL OR p.site_code = g.site_code)
                 AND (p.group_code IS NULL OR p.group_code = g.code))`,
    runId,
  );
  const unread = await countOf(
    tx,
    `SELECT count(*) FROM sync_run_parts WHERE run_id = $1::int AND state <> 'done'`,
    runId,
  );
  if (unread > 0) await tx.$executeRawUnsafe('DELETE FROM leaving_tutorships');
}
