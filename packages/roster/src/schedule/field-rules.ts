import type { ScheduleFields } from '../tasks.js';

/** A text that the user reads, in both languages. */
export interface Bilingual {
  fr: string;
  en: string;
}

/** What one of the five fields may hold (facts/moodle.md, "Scheduled tasks"). */
export interface FieldRule {
  label: Bilingual;
  min: number;
  max: number;
  /** How many different values there are; a longer step would not do what it says. */
  count: number;
  /** May be `R`: a number drawn when the schedule is saved. */
  random: boolean;
  /** What the numbers stand for, where that isn't plain. */
  meaning?: Bilingual;
}

/** The five fields, in the order of a cron pattern. */
export const SCHEDULE_FIELD_NAMES = ['minute', 'hour', 'day', 'month', 'weekday'] as const;

/** Name of one of the five fields. */
export type ScheduleFieldName = (typeof SCHEDULE_FIELD_NAMES)[number] & keyof ScheduleFields;

export const FIELD_RULES: Readonly<Record<ScheduleFieldName, FieldRule>> = {
  minute: { label: { fr: 'Minute', en: 'Minute' }, min: 0, max: 59, count: 60, random: true },
  hour: { label: { fr: 'Heure', en: 'Hour' }, min: 0, max: 23, count: 24, random: true },
  day: { label: { fr: 'Jour', en: 'Day' }, min: 1, max: 31, count: 31, random: false },
  month: {
    label: { fr: 'Mois', en: 'Month' },
    min: 1,
    max: 12,
    count: 12,
    random: false,
    meaning: { fr: '1 = janvier', en: '1 = January' },
  },
  weekday: {
    label: { fr: 'Jour de la semaine', en: 'Weekday' },
    min: 0,
    // 7 is Sunday as well as 0.
    max: 7,
    count: 7,
    random: true,
    meaning: { fr: '0 ou 7 = dimanche, 1 = lundi', en: '0 or 7 = Sunday, 1 = Monday' },
  },
};
