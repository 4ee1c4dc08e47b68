import type { UserKind } from '@passerelle/roster';
import type { Work } from '../work.js';
import { HAS_LEFT } from './count-people.js';
import {
  groupsInQuestion,
  inSet,
  LEAVING_COLUMNS,
  type LeavingRow,
  type LeavingSet,
  type Present,
  toCounts,
  wasThere,
} from './places.js';

const LEVEL = `CASE WHEN grouping(l.group_id) = 0 THEN 'group'
                 WHEN grouping(l.site) = 0 THEN 'site' ELSE 'whole' END AS level`;

/** Memberships that leave, by the group's site and by group. Those that have ended by their own dates count for nothing. */
export async function countLeavingMemberships(work: Work, set: LeavingSet): Promise<LeavingRow[]> {
  return work.tx.$queryRawUnsafe<LeavingRow[]>(
    `SELECT ${LEVEL}, l.site, l.group_id, l.group_code, ${LEAVING_COLUMNS}
       FROM (SELECT g.site_code AS site, g.id AS group_id, g.code AS group_code,
                    e.id IS NOT NULL AND NOT EXISTS (
                      SELECT FROM leaving_users u WHERE u.id = v.owner_id AND u.is_missing
                    ) AS turned,
                    e.id IS NOT NULL OR coalesce(m.ends_on < $1::date, false) AS excused
               FROM leaving_memberships v
               JOIN memberships m ON m.id = v.id
               LEFT JOIN groups g ON g.id = m.group_id
               LEFT JOIN ended_groups e ON e.id = g.id
              WHERE ${inSet(set)}) l
      GROUP BY GROUPING SETS ((), (l.site), (l.group_id, l.group_code))`,
    work.context.today,
  );
}

/** Memberships that were there before the run, and in groups that lose many. */
export async function countPresentMemberships(
  work: Work,
  kind: UserKind,
  leaving: readonly LeavingRow[],
  set: LeavingSet,
): Promise<Present> {
  const present = `m.role = $1::text AND m.removed_at IS NULL
    AND ${wasThere(set, 'memberships', 'm.id')}
    AND NOT EXISTS (SELECT FROM incoming_memberships i WHERE i.id = m.id AND i.is_new)`;
  const bySite = await work.tx.$queryRawUnsafe<{ key: string | null; of: number }[]>(
    `SELECT g.site_code AS key, count(*)::int AS of
       FROM memberships m LEFT JOIN groups g ON g.id = m.group_id
      WHERE ${present} GROUP BY g.site_code`,
    kind,
  );
  const groups = groupsInQuestion(work, leaving);
  if (groups.length === 0) return { bySite: toCounts(bySite), byGroup: new Map() };
  const byGroup = await work.tx.$queryRawUnsafe<{ key: number; of: number }[]>(
    `SELECT m.group_id AS key, count(*)::int AS of FROM memberships m
      WHERE ${present} AND m.group_id = ANY ($2::int[]) GROUP BY m.group_id`,
    kind,
    groups,
  );
  return { bySite: toCounts(bySite), byGroup: toCounts(byGroup) };
}

/** The groups in which the learner of the tutorship of alias `t` is. */
const LEARNERS_GROUPS = `SELECT g.id, g.code FROM memberships m JOIN groups g ON g.id = m.group_id
   WHERE m.user_id = t.student_id AND m.removed_at IS NULL`;

/**
 * Tutorships that leave, by the learner's site and groups. Those that have ended
 * by their own dates, or whose learner has left already or is missing, count for nothing.
 */
export async function countLeavingTutorships(work: Work, set: LeavingSet): Promise<LeavingRow[]> {
  const tutorships = `SELECT t.id, t.student_id, s.site_code AS site, false AS turned,
                             coalesce(t.ends_on < $1::date, false)
                               OR ${HAS_LEFT} AS excused
                        FROM leaving_tutorships v
                        JOIN tutorships t ON t.id = v.id
                        LEFT JOIN users s ON s.id = t.student_id
                       WHERE ${inSet(set)}`;
  return work.tx.$queryRawUnsafe<LeavingRow[]>(
    `WITH l AS (${tutorships})
     SELECT CASE WHEN grouping(l.site) = 0 THEN 'site' ELSE 'whole' END AS level,
            l.site, NULL::int AS group_id, NULL AS group_code, ${LEAVING_COLUMNS}
       FROM l GROUP BY GROUPING SETS ((), (l.site))
      UNION ALL
     SELECT 'group', NULL, g.id, g.code, ${LEAVING_COLUMNS}
       FROM l CROSS JOIN LATERAL (${LEARNERS_GROUPS.replace('t.student_id', 'l.student_id')}) g
      GROUP BY g.id, g.code`,
    work.context.today,
  );
}

/** Tutorships that were there before the run, and in groups that lose many. */
export async function countPresentTutorships(
  work: Work,
  leaving: readonly LeavingRow[],
  set: LeavingSet,
): Promise<Present> {
  const present = `t.removed_at IS NULL
    AND ${wasThere(set, 'tutorships', 't.id')}
    AND NOT EXISTS (SELECT FROM incoming_tutorships i WHERE i.id = t.id AND i.is_new)`;
  const bySite = await work.tx.$queryRawUnsafe<{ key: string | null; of: number }[]>(
    `SELECT s.site_code AS key, count(*)::int AS of
       FROM tutorships t LEFT JOIN users s ON s.id = t.student_id
      WHERE ${present} GROUP BY s.site_code`,
  );
  const groups = groupsInQuestion(work, leaving);
  if (groups.length === 0) return { bySite: toCounts(bySite), byGroup: new Map() };
  const byGroup = await work.tx.$queryRawUnsafe<{ key: number; of: number }[]>(
    `SELECT m.group_id AS key, count(*)::int AS of
       FROM memberships m JOIN tutorships t ON t.student_id = m.user_id
      WHERE ${present} AND m.removed_at IS NULL AND m.group_id = ANY ($1::int[])
      GROUP BY m.group_id`,
    groups,
  );
  return { bySite: toCounts(bySite), byGroup: toCounts(byGroup) };
}
