import type { UserKind } from '@passerelle/roster';
import type { Work } from '../work.js';
import {
  inSet,
  LEAVING_COLUMNS,
  type LeavingRow,
  type LeavingSet,
  type Present,
  toCounts,
  wasThere,
} from './places.js';

/**
 * Who leaves, by site. A learner or teacher is excused by the school year when
 * all their present memberships are of periods that have ended; a tutor when all
 * present tutorships have, or are for learners who have left already.
 */
export async function countLeavingPeople(
  work: Work,
  kind: UserKind,
  set: LeavingSet,
): Promise<LeavingRow[]> {
  return work.tx.$queryRawUnsafe<LeavingRow[]>(
    `SELECT CASE WHEN grouping(l.site_code) = 1 THEN 'whole' ELSE 'site' END AS level,
            l.site_code AS site, NULL::int AS group_id, NULL AS group_code, ${LEAVING_COLUMNS}
       FROM (SELECT u.site_code, x.excused, x.excused AND NOT v.is_missing AND ${kind !== 'tutor'} AS turned
               FROM leaving_users v JOIN users u ON u.id = v.id
              CROSS JOIN LATERAL (${kind === 'tutor' ? TUTOR_EXCUSED : EXCUSED}) x
              WHERE ${inSet(set)}) l
      GROUP BY GROUPING SETS ((), (l.site_code))`,
    ...(kind === 'tutor' ? [work.context.today] : []),
  );
}

const EXCUSED = `SELECT coalesce(bool_and(e.id IS NOT NULL), false) AS excused
  FROM memberships m LEFT JOIN ended_groups e ON e.id = m.group_id
 WHERE m.user_id = u.id AND m.removed_at IS NULL`;

/** SQL: has the learner of alias `s` left, or is missing at least? */
export const HAS_LEFT = `coalesce(s.status <> 'active' OR s.missing_on IS NOT NULL, false)`;

const TUTOR_EXCUSED = `SELECT coalesce(bool_and(coalesce(t.ends_on < $1::date, false)
                                 OR ${HAS_LEFT}), false) AS excused
  FROM tutorships t LEFT JOIN users s ON s.id = t.student_id
 WHERE t.tutor_id = u.id AND t.removed_at IS NULL`;

/** Who was active before the run, by site. */
export async function countPresentPeople(
  work: Work,
  kind: UserKind,
  set: LeavingSet,
): Promise<Present> {
  const rows = await work.tx.$queryRawUnsafe<{ key: string | null; of: number }[]>(
    `SELECT u.site_code AS key, count(*)::int AS of
       FROM users u
      WHERE u.kind = $1::user_kind AND u.status = 'active'
        AND ${wasThere(set, 'users', 'u.id')}
        AND NOT EXISTS (SELECT FROM incoming_people i WHERE i.id = u.id AND i.is_new)
        AND NOT EXISTS (SELECT FROM seen_people k WHERE k.user_id = u.id AND NOT k.was_active)
      GROUP BY u.site_code`,
    kind,
  );
  return { bySite: toCounts(rows), byGroup: new Map() };
}

/** Known people whose record changed, and how. */
export interface ChangedPeople {
  known: number;
  changed: number;
  identitySwaps: number;
}

/**
 * People of whom something visible changed, but for those who come back, and
 * those whose enrolment of a past school year goes. A name's case is no other name.
 */
export async function countChangedPeople(work: Work): Promise<ChangedPeople> {
  const [row] = await work.tx.$queryRawUnsafe<ChangedPeople[]>(
    `SELECT (SELECT count(*)::int FROM seen_people WHERE was_active) AS known,
            count(*) FILTER (WHERE c.kind = 'updated' AND t.owner_id IS NULL)::int AS changed,
            count(*) FILTER (WHERE c.before->>'birth_date' <> c.after->>'birth_date'
                              AND (lower(c.before->>'last_name') <> lower(c.after->>'last_name')
                                OR lower(c.before->>'first_name') <> lower(c.after->>'first_name')))::int
              AS "identitySwaps"
       FROM changed_users c
       LEFT JOIN (SELECT DISTINCT l.owner_id
                    FROM leaving_memberships l
                    JOIN memberships m ON m.id = l.id
                    JOIN ended_groups e ON e.id = m.group_id) t ON t.owner_id = c.id`,
  );
  return row ?? { known: 0, changed: 0, identitySwaps: 0 };
}
