import type { UserKind } from '@passerelle/roster';
import { MEMBERSHIP_LINKS, TUTORSHIP_LINKS } from '../links/link-spec.js';
import { findLeavingLinks } from '../links/find-leaving-links.js';
import { countOf, type Work } from '../work.js';
import { spareUnreadLinks } from './spare-unread-links.js';
import { spareUnsureMemberships, spareUnsurePeople } from './spare-unsure.js';

/** How many removals a run comes to, if nothing speaks against them. */
export interface Leaving {
  users: number;
  memberships: number;
  tutorships: number;
}

/**
 * Makes `leaving_users`, and with it `leaving_memberships` and
 * `leaving_tutorships`: who is active here and in no part. Nobody, in a run
 * that left something out; someone whose record was set aside is not gone.
 */
export async function findLeavingPeople(work: Work, kind: UserKind): Promise<Leaving> {
  await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE leaving_users ON COMMIT DROP AS
     SELECT u.id, u.site_code FROM users u
      WHERE u.kind = $1::user_kind AND u.status = 'active' AND $2::boolean
        AND NOT EXISTS (SELECT FROM seen_people k WHERE k.user_id = u.id)
        AND NOT EXISTS (SELECT FROM incoming_people i WHERE i.id = u.id)
        AND NOT EXISTS (SELECT FROM rejected_records r
                         WHERE r.run_id = $3::int AND r.code = u.code)`,
    kind,
    work.complete,
    work.runId,
  );
  await spareUnsurePeople(work);
  await findLeavingLinks(work, MEMBERSHIP_LINKS);
  await spareUnsureMemberships(work);
  await findLeavingLinks(work, TUTORSHIP_LINKS);
  if (work.person !== null) await spareUnreadLinks(work);
  const count = (table: string) => countOf(work.tx, `SELECT count(*) FROM leaving_${table}`);
  return {
    users: await count('users'),
    memberships: await count('memberships'),
    tutorships: await count('tutorships'),
  };
}
