import type { Reading } from '../entities.js';
import type { CountLimit, GuardName, GuardSettings, ShareLimit } from './guard-settings.js';

/** What is counted: the list's own records, or links of theirs. */
export type GuardSubject = 'records' | 'memberships' | 'tutorships';

/** Where: with all three null, the whole list. */
export interface GuardPlace {
  reading: Reading;
  subject: GuardSubject;
  site: string | null;
  group: string | null;
  /** Set where the place is what one part of the run stood for. */
  part: { period: string | null } | null;
}

/** Removals that a run comes to, in one place. */
export interface RemovalCount extends GuardPlace {
  leaving: number;
  /** Those of them that a change of school year accounts for. */
  excused: number;
  /** Present before the run. */
  of: number;
}

/** What a run came to, as far as the guards look at it. */
export interface GuardCounts {
  /** The task's list; the first, where it has several. */
  reading: Reading;
  removals: readonly RemovalCount[];
  /** Parts that came back whole and empty, and with which all there was would go. */
  emptiedParts: readonly RemovalCount[];
  identitySwaps: number;
  /** Records known before, and read. */
  known: number;
  /** Those of them that changed. */
  changed: number;
  read: number;
  rejected: number;
  /** Rejected records without a code, by list. */
  anonymous: readonly { reading: Reading; records: number }[];
}

/** A guard that speaks against the removals of a run, and the numbers that say why. */
export interface TrippedGuard extends GuardPlace {
  guard: GuardName;
  found: number;
  /** What the guard allows. */
  limit: number;
  of: number;
}

/**
 * The guards that a run trips, the widest places first. None: its removals may
 * be applied. More removals, swaps or rejections never trip fewer guards.
 */
export function evaluateGuards(counts: GuardCounts, settings: GuardSettings): TrippedGuard[] {
  return [
    ...findAnonymous(counts, settings),
    ...findEmptied(counts, settings),
    ...counts.removals.flatMap((count) => judgeRemovals(count, counts.read, settings)),
    ...judgeCount(counts, 'identity-swaps', counts.identitySwaps, settings['identity-swaps']),
    ...judgeShare(counts, 'changed', [counts.changed, counts.known], settings.changed),
    ...judgeShare(counts, 'rejected', [counts.rejected, counts.read], settings.rejected),
  ];
}

function findAnonymous(counts: GuardCounts, settings: GuardSettings): TrippedGuard[] {
  const removals = counts.removals
    .filter(({ site, group }) => site === null && group === null)
    .reduce((sum, { leaving }) => sum + leaving, 0);
  if (!settings.anonymous || removals === 0) return [];
  return counts.anonymous
    .filter(({ records }) => records > 0)
    .map(({ reading, records }) => ({
      ...wholeList(reading),
      ...{ guard: 'anonymous', found: records, limit: 0, of: removals },
    }));
}

function findEmptied(counts: GuardCounts, settings: GuardSettings): TrippedGuard[] {
  if (!settings.emptied) return [];
  return [...counts.removals, ...counts.emptiedParts]
    .filter((count) => isEmptied(count, counts.read))
    .map(({ leaving, ...count }) => ({
      ...placeOf(count),
      ...{ guard: 'emptied', found: leaving, limit: 0, of: count.of },
    }));
}

/**
 * A place falls to zero when nothing of it stays, and the school year does not
 * account for all of it. Nothing excuses a list of people of whom nobody stays, nor
 * any list that came back with nothing at all. Groups come and go.
 */
function isEmptied(
  { reading, subject, site, group, part, leaving, excused, of }: RemovalCount,
  read: number,
): boolean {
  if (leaving === 0 || leaving < of) return false;
  if (part !== null) return true;
  if (group !== null) return false;
  const isInexcusable = subject === 'records' && (read === 0 || !reading.endsWith('groups'));
  return leaving > excused || (site === null && isInexcusable);
}

function judgeRemovals(count: RemovalCount, read: number, settings: GuardSettings): TrippedGuard[] {
  if (settings.emptied && isEmptied(count, read)) return []; // said already
  const guard = guardOf(count);
  const allowed = settings[guard];
  const found = count.leaving - count.excused;
  if (allowed === null) return [];
  const limit = limitOf(allowed, count.of);
  return found > limit ? [{ ...placeOf(count), guard, found, limit, of: count.of }] : [];
}

function guardOf({ site, group }: GuardPlace): 'removals' | 'site-removals' | 'group-removals' {
  if (group !== null) return 'group-removals';
  return site === null ? 'removals' : 'site-removals';
}

function judgeCount(
  { reading, known }: GuardCounts,
  guard: GuardName,
  found: number,
  allowed: CountLimit | null,
): TrippedGuard[] {
  if (allowed === null) return [];
  const limit = limitOf(allowed, known);
  return found > limit ? [{ ...wholeList(reading), guard, found, limit, of: known }] : [];
}

function judgeShare(
  { reading }: GuardCounts,
  guard: GuardName,
  [found, of]: readonly [number, number],
  allowed: ShareLimit | null,
): TrippedGuard[] {
  if (allowed === null || of < allowed.from) return [];
  const limit = Math.floor((of * allowed.percent) / 100);
  return found > limit ? [{ ...wholeList(reading), guard, found, limit, of }] : [];
}

function limitOf({ count, percent }: CountLimit, of: number): number {
  return Math.max(count, Math.floor((of * percent) / 100));
}

function wholeList(reading: Reading): GuardPlace {
  return { reading, subject: 'records', site: null, group: null, part: null };
}

function placeOf({ reading, subject, site, group, part }: GuardPlace): GuardPlace {
  return { reading, subject, site, group, part };
}
