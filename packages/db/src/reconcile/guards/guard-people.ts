import {
  evaluateGuards,
  type GuardSettings,
  type Reading,
  type RemovalCount,
  type UserKind,
} from '@passerelle/roster';
import type { FoundLeaving, Leaving } from '../people/find-leaving-people.js';
import type { Work } from '../work.js';
import { countAnonymousRejections } from './count-anonymous.js';
import { countErasedRecords } from './count-erased.js';
import {
  countLeavingMemberships,
  countLeavingTutorships,
  countPresentMemberships,
  countPresentTutorships,
} from './count-links.js';
import { countChangedPeople, countLeavingPeople, countPresentPeople } from './count-people.js';
import { findEndedGroups } from './ended-groups.js';
import { findEmptiedParts } from './find-emptied-parts.js';
import { type LeavingRow, type LeavingSet, toRemovalCounts } from './places.js';
import { UNGUARDED, type Verdict } from './verdict.js';

/** What reading a list of people came to so far. */
export interface PeopleRead {
  /** Distinct people read. */
  staged: number;
  rejected: number;
  /** Rows in `incoming_people`; with any, `changed_users` is there. */
  incoming: number;
  leaving: FoundLeaving;
}

/**
 * Judges a complete run, or one of one person; others, which left something out,
 * remove nobody anyway. Records of erased people are neither read nor rejected here.
 */
export async function guardPeople(
  work: Work,
  reading: Reading,
  kind: UserKind,
  { staged, rejected: setAside, incoming, leaving }: PeopleRead,
): Promise<Verdict> {
  if (!work.complete && work.person === null) return UNGUARDED;
  await findEndedGroups(work);
  const removals = await countRemovals(work, reading, kind, leaving);
  const changed =
    incoming > 0 ? await countChangedPeople(work) : { known: 0, changed: 0, identitySwaps: 0 };
  const rejected = setAside > 0 ? setAside - (await countErasedRecords(work)) : 0;
  const tripped = evaluateGuards(
    {
      ...changed,
      reading,
      removals: removals.counts,
      emptiedParts: leaving.memberships > 0 ? await findEmptiedParts(work, reading, kind) : [],
      read: staged + rejected,
      rejected,
      anonymous: rejected > 0 ? await countAnonymousRejections(work) : [],
    },
    work.person === null ? work.guards : withoutShares(work.guards),
  );
  const { people, memberships } = removals;
  return { tripped, schoolYear: { people, memberships, groups: 0 } };
}

/** Of one person, a share says nothing. */
function withoutShares(guards: GuardSettings): GuardSettings {
  return { ...guards, changed: null, rejected: null };
}

interface Removals {
  counts: RemovalCount[];
  /** Of periods that have ended. */
  people: number;
  memberships: number;
}

/** What the run removes, and what it puts off: each set is judged by itself. */
async function countRemovals(
  work: Work,
  reading: Reading,
  kind: UserKind,
  { entering, ...all }: FoundLeaving,
): Promise<Removals> {
  const now = {
    users: all.users - entering.users,
    memberships: all.memberships - entering.memberships,
    tutorships: all.tutorships - entering.tutorships,
  };
  const made = await countSet(work, reading, kind, now, 'due');
  const putOff = await countSet(work, reading, kind, entering, 'entering');
  return {
    counts: [...made.counts, ...putOff.counts].sort(widestFirst),
    people: made.people + putOff.people,
    memberships: made.memberships + putOff.memberships,
  };
}

/** Counts only what there is: a night on which nobody leaves costs nothing. */
async function countSet(
  work: Work,
  reading: Reading,
  kind: UserKind,
  leaving: Leaving,
  set: LeavingSet,
): Promise<Removals> {
  const counts: RemovalCount[] = [];
  const removals: Removals = { counts, people: 0, memberships: 0 };
  if (leaving.users > 0) {
    const rows = await countLeavingPeople(work, kind, set);
    removals.people = turnedOf(rows);
    const present = await countPresentPeople(work, kind, set);
    counts.push(...toRemovalCounts(rows, present, reading, 'records'));
  }
  if (leaving.memberships > 0) {
    const rows = await countLeavingMemberships(work, set);
    removals.memberships = turnedOf(rows);
    const present = await countPresentMemberships(work, kind, rows, set);
    counts.push(...toRemovalCounts(rows, present, reading, 'memberships'));
  }
  if (leaving.tutorships > 0) {
    const rows = await countLeavingTutorships(work, set);
    const present = await countPresentTutorships(work, rows, set);
    counts.push(...toRemovalCounts(rows, present, reading, 'tutorships'));
  }
  return removals;
}

function turnedOf(rows: readonly LeavingRow[]): number {
  return rows.find(({ level }) => level === 'whole')?.turned ?? 0;
}

/** The whole lists, then sites, then groups, each in the order of its codes. */
function widestFirst(a: RemovalCount, b: RemovalCount): number {
  const width = ({ site, group }: RemovalCount) => (group !== null ? 2 : site !== null ? 1 : 0);
  const code = ({ site, group }: RemovalCount) => group ?? site ?? '';
  return width(a) - width(b) || (code(a) < code(b) ? -1 : code(a) > code(b) ? 1 : 0);
}
