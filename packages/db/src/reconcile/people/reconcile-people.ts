import type { Reading, UserKind } from '@passerelle/roster';
import { guardPeople } from '../guards/guard-people.js';
import { holdRemovals, releaseSeenPeople } from '../held/hold-removals.js';
import { LINKS, type LinkSpec, MEMBERSHIP_LINKS, TUTORSHIP_LINKS } from '../links/link-spec.js';
import { markUnfinished } from '../links/mark-unfinished.js';
import { refreshLinks } from '../links/refresh-links.js';
import { writeLinks } from '../links/write-links.js';
import { insertRows } from '../rows/insert-rows.js';
import { removeRows } from '../rows/remove-rows.js';
import { USERS } from '../rows/row-spec.js';
import { updateRows } from '../rows/update-rows.js';
import type { Applied, Work } from '../work.js';
import { collectPeople } from './collect-people.js';
import { beginGrace } from './begin-grace.js';
import { countRejectedPeople } from './count-rejected.js';
import { findAgain } from './find-again.js';
import { findLeavingPeople, type FoundLeaving, type Leaving } from './find-leaving-people.js';
import { inflateSkeletons } from './inflate-skeletons.js';
import { refreshProfiles } from './refresh-profiles.js';
import { countUpdatedPeople, createTouchedPeople, touchPeople } from './touched-people.js';

const NOTHING_REMOVED: Leaving = { users: 0, memberships: 0, tutorships: 0 };

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
  await createTouchedPeople(work);
  await inflateSkeletons(work);
  await findAgain(work, kind);
  const incoming = await collectPeople(work, kind);
  const created = incoming > 0 ? await writePeople(work) : 0;
  const added =
    (await writeLinks(work, MEMBERSHIP_LINKS)) + (await writeLinks(work, TUTORSHIP_LINKS));

  await releaseSeenPeople(work, LINKS);

  const leaving = await findLeavingPeople(work, kind);
  const rejected = await countRejectedPeople(work);
  const read = { staged, rejected, incoming, leaving };
  const verdict = await guardPeople(work, reading, kind, read);
  const isHeld = verdict.tripped.length > 0;
  const removed = isHeld
    ? await holdPeople(work, leaving)
    : await removePeople(work, kind, leaving);
  if (incoming > 0) {
    for (const spec of LINKS) await markUnfinished(work, spec);
  }
  await refreshPeople(work, kind);
  return {
    staged,
    created,
    updated: await countUpdatedPeople(work),
    suspended: removed.users,
    missing: isHeld ? 0 : leaving.entering.users,
    rejected,
    links: { added, removed: removed.memberships + removed.tutorships },
    verdict,
    held: isHeld ? leaving.users + leaving.memberships + leaving.tutorships : 0,
  };
}

/** @returns how many were new */
async function writePeople(work: Work): Promise<number> {
  const created = await insertRows(work, USERS, 'incoming_people');
  const changed = await updateRows(work, USERS, 'incoming_people', 'changed_users');
  if (changed > 0) await touchPeople(work, 'SELECT id FROM changed_users');
  return created;
}

/** Applies the removals found, but for those of people whose grace begins. */
async function removePeople(work: Work, kind: UserKind, found: FoundLeaving): Promise<Leaving> {
  const leaving = await beginGrace(work, kind, found);
  for (const spec of LINKS) {
    if (leaving[spec.table] === 0) continue;
    await removeRows(work, spec.rows, `leaving_${spec.table}`);
    await touchPeople(work, `SELECT owner_id FROM leaving_${spec.table}`);
  }
  if (leaving.users > 0) await removeRows(work, USERS, 'leaving_users');
  return leaving;
}

/** Keeps the removals found for someone to decide on; nobody's grace begins by what may be wrong. */
async function holdPeople(work: Work, leaving: Leaving): Promise<Leaving> {
  for (const { rows, table } of LINKS) {
    if (leaving[table] > 0) await holdRemovals(work, rows, `leaving_${table}`);
  }
  if (leaving.users > 0) await holdRemovals(work, USERS, 'leaving_users');
  return NOTHING_REMOVED;
}

/** What a run computes of all people of the kind, or of its one person, and of the links that they have or others have to them. */
async function refreshPeople(work: Work, kind: UserKind): Promise<void> {
  if ((await refreshProfiles(work, kind)) > 0)
    await touchPeople(work, 'SELECT id FROM fresh_users');
  const { person } = work;
  if (kind !== 'tutor') {
    const which = person === null ? `l.role = '${kind}'` : `l.user_id = ${person}`;
    await refreshAndTouch(work, MEMBERSHIP_LINKS, which);
  }
  if (kind !== 'teacher') {
    const which = person === null ? 'true' : `${person} IN (l.tutor_id, l.student_id)`;
    await refreshAndTouch(work, TUTORSHIP_LINKS, which);
  }
}

async function refreshAndTouch(work: Work, spec: LinkSpec, which: string): Promise<void> {
  const differed = await refreshLinks(work, spec, which);
  if (differed > 0) await touchPeople(work, `SELECT owner_id FROM fresh_${spec.table}`);
}
