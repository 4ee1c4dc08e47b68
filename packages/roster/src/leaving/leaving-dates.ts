import { addDays } from '../calendar.js';
import type { IsoDate, UserKind } from '../entities.js';
import type { LeavingRules } from './leaving-rules.js';

/** How far someone has left. */
export interface Absence {
  kind: UserKind;
  /** The day of the run that first missed them; null: they are there. */
  missingOn: IsoDate | null;
  /** The day of the run that suspended them; null: they are active. */
  suspendedOn: IsoDate | null;
  /** No removal touches them. */
  isProtected: boolean;
}

/** What has become of someone who left, and what will: the first days on which it may. */
export interface LeavingDates {
  missingOn: IsoDate;
  /** Past, where they are suspended already; null: they are protected. */
  suspendsOn: IsoDate | null;
  /** Null: not at all. */
  erasesOn: IsoDate | null;
}

/**
 * The dates of someone's leaving, computed ahead; null: they are there. A complete run on
 * that day, or the next one after it, does what is due.
 */
export function leavingDates(
  { kind, missingOn, suspendedOn, isProtected }: Absence,
  { graceDays, eraseAfterDays }: LeavingRules,
): LeavingDates | null {
  const missing = missingOn ?? suspendedOn;
  if (missing === null) return null;
  const planned = isProtected ? null : addDays(missing, graceDays[kind]);
  const suspendsOn = suspendedOn ?? planned;
  const isErased = eraseAfterDays !== null && suspendsOn !== null && !isProtected;
  return {
    missingOn: missing,
    suspendsOn,
    erasesOn: isErased ? addDays(suspendsOn, eraseAfterDays) : null,
  };
}

/** Whoever was first missing on that day or before is suspended today. */
export function latestMissingDay(today: IsoDate, kind: UserKind, rules: LeavingRules): IsoDate {
  return addDays(today, -rules.graceDays[kind]);
}

/**
 * Whoever was suspended on that day or before may be erased today; null: nobody. The
 * source must have been read whole since they were due, as they may be back by then.
 *
 * @param goodDay the day of the last good run for people of their kind; null: none is known
 */
export function latestSuspensionDay(
  today: IsoDate,
  goodDay: IsoDate | null,
  { eraseAfterDays }: LeavingRules,
): IsoDate | null {
  if (eraseAfterDays === null || goodDay === null) return null;
  return addDays(goodDay < today ? goodDay : today, -eraseAfterDays);
}
