import type { Reading, UserKind } from '@passerelle/roster';
import { type LinkSpec, MEMBERSHIP_LINKS, TUTORSHIP_LINKS } from '../links/link-spec.js';
import { markUnfinished } from '../links/mark-unfinished.js';
import { refreshLinks } from '../links/refresh-links.js';
import { writeLinks } from '../links/write-links.js';
import { insertRows } from '../rows/insert-rows.js';
import { removeRows } from '../rows/remove-rows.js';
import { USERS } from '../rows/row-spec.js';
import { updateRows } from '../rows/update-rows.js';
import type { Applied, Work } from '../work.js';
import { collectPeople } from './collect-people.js';
import { countRejectedPeople, countUpdatedPeople } from './count-people.js';
import { findLeavingPeople } from './find-leaving-people.js';
import { guardPeople } from './guard-people.js';
import { inflateSkeletons } from './inflate-skeletons.js';
import { refreshProfiles } from './refresh-profiles.js';

const LINKS: readonly LinkSpec[] = [MEMBERSHIP_LINKS, TUTORSHIP_LINKS];

/**
 * Learners, teachers or tutors, with their links. `seen_people` is there
 * already, and no skeleton among them is broken.
 */
export async function reconcilePeople(
  work: Work,
  reading: Reading,
  kind: UserKind,
  staged: number,
): Promise<Applied> {
  await inflateSkeletons(work);
  await collectPeople(work, kind);
  const created = await insertRows(work, USERS, 'incoming_people');
  await updateRows(work, USERS, 'incoming_people', 'changed_users');
  const added =
    (await writeLinks(work, MEMBERSHIP_LINKS)) + (await writeLinks(work, TUTORSHIP_LINKS));

  const leaving = await findLeavingPeople(work, kind);
  const holdReasons = await guardPeople(work, reading, kind, leaving);
  const removed = await removePeople(work, holdReasons.length === 0);
  for (const spec of LINKS) await markUnfinished(work, spec);

  await refreshProfiles(work, kind);
  await refreshReferences(work, kind);
  return {
    staged,
    created,
    updated: await countUpdatedPeople(work),
    suspended: removed.users,
    rejected: await countRejectedPeople(work),
    links: { added, removed: removed.links },
    holdReasons,
  };
}

/** Applies the removals found, unless they are held. Leaves `removed_<table>` for both kinds of links. */
async function removePeople(
  work: Work,
  believed: boolean,
): Promise<{ users: number; links: number }> {
  let links = 0;
  for (const spec of LINKS) {
    await work.tx.$executeRawUnsafe(
      `CREATE TEMP TABLE removed_${spec.table} ON COMMIT DROP AS
       SELECT * FROM leaving_${spec.table} WHERE $1::boolean`,
      believed,
    );
    links += await removeRows(work, spec.rows, `removed_${spec.table}`);
  }
  const users = believed ? await removeRows(work, USERS, 'leaving_users') : 0;
  return { users, links };
}

/** The links of this kind of people, and those that others have to them. */
async function refreshReferences(work: Work, kind: UserKind): Promise<void> {
  await refreshLinks(work, MEMBERSHIP_LINKS, kind === 'tutor' ? 'false' : `l.role = '${kind}'`);
  await refreshLinks(work, TUTORSHIP_LINKS, kind === 'teacher' ? 'false' : 'true');
}
