import type { Bilingual } from '../schedule/field-rules.js';

/**
 * Removals that a change of school year accounts for: of groups whose period has
 * ended, of memberships in them, and of people who had no others.
 */
export interface SchoolYearChange {
  people: number;
  memberships: number;
  groups: number;
}

/** Announces a change of school year; null where there was none. */
export function describeSchoolYearChange(change: SchoolYearChange): Bilingual | null {
  const counted = PARTS.filter(({ of }) => change[of] > 0);
  if (counted.length === 0) return null;
  const fr = counted.map(({ of, fr: name }) => `${change[of].toLocaleString('fr')} ${name}`);
  const en = counted.map(({ of, en: name }) => `${change[of].toLocaleString('en')} ${name}`);
  return {
    fr: `Changement d’année scolaire : ${fr.join(', ')} de périodes terminées ; les garde-fous ne les comptent pas.`,
    en: `School year changed: ${en.join(', ')} of periods that have ended leave; the guards do not count them.`,
  };
}

const PARTS = [
  { of: 'groups', fr: 'groupe(s)', en: 'group(s)' },
  { of: 'memberships', fr: 'appartenance(s)', en: 'membership(s)' },
  { of: 'people', fr: 'personne(s)', en: 'person(s)' },
] as const;
