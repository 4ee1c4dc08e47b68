import { latestMissingDay, type UserKind } from '@passerelle/roster';
import { MEMBERSHIP_LINKS, TUTORSHIP_LINKS } from '../links/link-spec.js';
import { findLeavingLinks } from '../links/find-leaving-links.js';
import type { Work } from '../work.js';
import { spareUnreadLinks } from './spare-unread-links.js';
import { findStayingLinks, findStayingPeople } from './find-staying-people.js';
import { spareUnsureMemberships, spareUnsurePeople } from './spare-unsure.js';

/** How many removals a run comes to, if nothing speaks against them. */
export interface Leaving {
  users: number;
  memberships: number;
  tutorships: number;
}

/** All of them, and those among them that are put off: of people whose grace begins. */
export interface FoundLeaving extends Leaving {
  entering: Leaving;
}

/**
 * Makes `leaving_users`, and with it `leaving_memberships` and
 * `leaving_tutorships`: who is active here and in no part. Nobody, in a run
 * that left something out; someone whose record was set aside is not gone.
 *
 * Whoever `is_due` is to be suspended by this run. The others are missing for the first
 * time, and are judged by the guards all the same: a reading that lost half a centre must
 * be seen on its first night. Those whom an earlier run has found missing and whose grace
 * goes on, and those who are protected, are not among them; they are in `staying_users`.
 */
export async function findLeavingPeople(work: Work, kind: UserKind): Promise<FoundLeaving> {
  await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE leaving_users ON COMMIT DROP AS
     SELECT u.id, u.site_code, m.missing_on IS NOT NULL AS is_missing,
            least(m.missing_on, $4::date) <= $5::date AS is_due
       FROM users u
      CROSS JOIN LATERAL ( -- somebody made active by another hand was not missed since
            SELECT CASE WHEN u.suspended_on IS NULL THEN u.missing_on END AS missing_on) m
      WHERE u.kind = $1::user_kind AND u.status = 'active' AND $2::boolean
        AND NOT EXISTS (SELECT FROM seen_people k WHERE k.user_id = u.id)
        AND NOT EXISTS (SELECT FROM incoming_people i WHERE i.id = u.id)
        AND NOT EXISTS (SELECT FROM rejected_records r
                         WHERE r.run_id = $3::int AND r.code = u.code)`,
    kind,
    work.complete,
    work.runId,
    work.context.today,
    latestMissingDay(work.context.today, kind, work.context.leaving),
  );
  await findStayingPeople(work);
  await spareUnsurePeople(work);
  await findLeavingLinks(work, MEMBERSHIP_LINKS);
  await spareUnsureMemberships(work);
  await findLeavingLinks(work, TUTORSHIP_LINKS);
  if (work.person !== null) await spareUnreadLinks(work);
  await findStayingLinks(work);
  return countLeaving(work);
}

/** How many there are in the temporary tables. */
export async function countLeaving({ tx }: Work): Promise<FoundLeaving> {
  const count = async (table: string) => {
    const [row] = await tx.$queryRawUnsafe<{ all: number; entering: number }[]>(
      `SELECT count(*)::int AS all, count(*) FILTER (WHERE NOT is_due)::int AS entering
         FROM leaving_${table}`,
    );
    return row ?? { all: 0, entering: 0 };
  };
  const users = await count('users');
  const memberships = await count('memberships');
  const tutorships = await count('tutorships');
  return {
    ...{ users: users.all, memberships: memberships.all, tutorships: tutorships.all },
    entering: {
      users: users.entering,
      memberships: memberships.entering,
      tutorships: tutorships.entering,
    },
  };
}
