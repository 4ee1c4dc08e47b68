import type { LeavingRules } from '@passerelle/roster';

/** Whoever is missing is suspended at once, for tests of something else. */
export const AT_ONCE: LeavingRules = {
  graceDays: { student: 0, teacher: 0, tutor: 0 },
  eraseAfterDays: null,
};
