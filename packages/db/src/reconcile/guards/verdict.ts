import type { SchoolYearChange, TrippedGuard } from '@passerelle/roster';

/** What the guards say of a run. */
export interface Verdict {
  /** Empty: the removals may be applied. */
  tripped: readonly TrippedGuard[];
  schoolYear: SchoolYearChange;
}

/** Of a run whose removals nobody needs to guard, as it makes none. */
export const UNGUARDED: Verdict = {
  tripped: [],
  schoolYear: { people: 0, memberships: 0, groups: 0 },
};
