import type { Bilingual } from '../schedule/field-rules.js';
import type { LeavingDates } from './leaving-dates.js';

/**
 * Someone's leaving in words: `missing since 2026-11-22, suspended on 2026-11-29, erased on
 * 2027-02-27`. What lies ahead is said as what is past: the day says which it is.
 */
export function describeLeaving({ missingOn, suspendsOn, erasesOn }: LeavingDates): Bilingual {
  const fr = [`absent depuis le ${missingOn}`];
  const en = [`missing since ${missingOn}`];
  if (suspendsOn !== null) {
    fr.push(`suspendu le ${suspendsOn}`);
    en.push(`suspended on ${suspendsOn}`);
  }
  if (erasesOn !== null) {
    fr.push(`effacé le ${erasesOn}`);
    en.push(`erased on ${erasesOn}`);
  }
  return { fr: fr.join(', '), en: en.join(', ') };
}
