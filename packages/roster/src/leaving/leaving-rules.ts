import type { UserKind } from '../entities.js';

/** What becomes of people whom the source no longer has. In days. */
export interface LeavingRules {
  /** From the day on which someone is first missing until they are suspended; 0: at once. */
  graceDays: Readonly<Record<UserKind, number>>;
  /** From the day of their suspension until they are erased; null: never. */
  eraseAfterDays: number | null;
}

/** What holds where nothing else was set. */
export const LEAVING_DEFAULTS: LeavingRules = {
  graceDays: { student: 7, teacher: 0, tutor: 0 },
  eraseAfterDays: null,
};
