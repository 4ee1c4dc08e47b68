import { userKindOf } from '../staging/user-kinds.js';
import { rejectedSql } from './rejected-sql.js';
import type { Work } from './work.js';

/**
 * Brings `quarantine` up to date with what this run set aside. A record is known
 * again by its code, or where it has none by its place in its list, the first one where
 * several lists hold it. What was set aside for an erasure is in order.
 */
export async function quarantineRejected({ tx, ...work }: Work): Promise<void> {
  await tx.$executeRawUnsafe(
    `INSERT INTO quarantine (entity, key, code, period_code, site_code, group_code, ordinal,
                             reason, path, message, times, since, last_seen_at, run_id)
     SELECT DISTINCT ON (r.entity, r.key) r.entity, r.key, nullif(r.code, ''), r.period_code,
            r.site_code, r.group_code, r.place, r.reason, r.path, r.message, 1,
            $3::timestamptz, $3::timestamptz, $1::int
       FROM (SELECT DISTINCT ON (r.entity, r.identity) r.*,
                    CASE WHEN r.code <> '' THEN r.identity
                         ELSE concat_ws(' ', 'place', r.period_code, r.site_code, r.group_code,
                                        '#' || r.place) END AS key
               FROM ${rejectedSql(work.runId)} r
              WHERE r.reason <> 'erased'
              ORDER BY r.entity, r.identity, ${IN_ORDER}) r
      ORDER BY r.entity, r.key, ${IN_ORDER}
         ON CONFLICT (entity, key) DO UPDATE
        SET period_code = excluded.period_code, site_code = excluded.site_code,
            group_code = excluded.group_code, ordinal = excluded.ordinal,
            reason = excluded.reason, path = excluded.path, message = excluded.message,
            times = quarantine.times + 1, last_seen_at = excluded.last_seen_at,
            run_id = excluded.run_id`,
    work.runId,
    [...work.doneParts, ...work.partsSetAside],
    work.now,
  );
}

/** Whatever the order in which the parts were read. */
const IN_ORDER = `r.period_code COLLATE "C" NULLS FIRST, r.site_code COLLATE "C" NULLS FIRST,
                  r.group_code COLLATE "C" NULLS FIRST, r.place, r.id`;

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
