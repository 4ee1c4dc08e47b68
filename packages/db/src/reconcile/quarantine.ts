import { userKindOf } from '../staging/user-kinds.js';
import type { Work } from './work.js';

/**
 * Brings `quarantine` up to date with what this run set aside. A record is known
 * again by its code, or where it has none by its place in its list. What was set
 * aside for an erasure is in order.
 */
export async function quarantineRejected({ tx, ...work }: Work): Promise<void> {
  await tx.$executeRawUnsafe(
    `INSERT INTO quarantine (entity, key, code, period_code, site_code, group_code, ordinal,
                             reason, path, message, times, since, last_seen_at, run_id)
     SELECT DISTINCT ON (r.entity, r.key) r.entity, r.key, nullif(r.code, ''), r.period_code,
            r.site_code, r.group_code, r.ordinal, r.reason, r.path, r.message, 1,
            $2::timestamptz, $2::timestamptz, $1::int
       FROM (SELECT r.*, p.period_code, p.site_code, p.group_code,
                    CASE WHEN r.code <> '' THEN 'code ' || r.code
                         ELSE concat_ws(' ', 'place', p.period_code, p.site_code, p.group_code,
                                        '#' || r.ordinal) END AS key
               FROM rejected_records r
               JOIN sync_run_parts p ON p.run_id = r.run_id AND p.number = r.part_number
              WHERE r.run_id = $1::int AND r.part_number = ANY ($3::int[])
                AND r.reason <> 'erased') r
      ORDER BY r.entity, r.key, r.part_number, r.ordinal, r.id
         ON CONFLICT (entity, key) DO UPDATE
        SET period_code = excluded.period_code, site_code = excluded.site_code,
            group_code = excluded.group_code, ordinal = excluded.ordinal,
            reason = excluded.reason, path = excluded.path, message = excluded.message,
            times = quarantine.times + 1, last_seen_at = excluded.last_seen_at,
            run_id = excluded.run_id`,
    work.runId,
    work.now,
    [...work.doneParts, ...work.partsSetAside],
  );
}

/**
 * Takes out of it what came back in order. Of a complete run that is all that it did
 * not set aside: what is no longer in the source needs nobody's hand either. Of another
 * run it is who was read; of lists other than people, that can wait for a complete one.
 */
export async function releaseHealthy({ tx, ...work }: Work): Promise<void> {
  const arePeople = work.readings.some((reading) => userKindOf(reading) !== null);
  if (!work.complete && !arePeople) return;
  const healthy = work.complete
    ? 'true'
    : 'EXISTS (SELECT FROM seen_people k WHERE k.code = q.code)';
  await tx.$executeRawUnsafe(
    `DELETE FROM quarantine q
      WHERE q.entity = ANY ($2::text[]) AND q.run_id <> $1::int AND ${healthy}`,
    work.runId,
    work.readings,
  );
}
