import type { IsoDate } from '@passerelle/roster';

const DAY_MS = 86_400_000;

const toUtc = (date: IsoDate): number => Date.parse(`${date}T00:00:00Z`);

/** The day `days` after (or before, when negative) a date. */
export function addDays(date: IsoDate, days: number): IsoDate {
  return new Date(toUtc(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days `to` lies after `from`. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((toUtc(to) - toUtc(from)) / DAY_MS);
}

/** The later of two dates. */
export const latest = (a: IsoDate, b: IsoDate): IsoDate => (a > b ? a : b);
/** The earlier of two dates. */
export const earliest = (a: IsoDate, b: IsoDate): IsoDate => (a < b ? a : b);

/** NetYParéo's form, `JJ/MM/AAAA`. */
export function toFrenchDate(date: IsoDate): string {
  return `${date.slice(8, 10)}/${date.slice(5, 7)}/${date.slice(0, 4)}`;
}

/** Reads `JJ/MM/AAAA`; null for anything else. */
export function fromFrenchDate(text: string): IsoDate | null {
  const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text.trim());
  return match === null ? null : `${match[3]}-${match[2]}-${match[1]}`;
}

/** Is this a real day of the calendar, written `YYYY-MM-DD`? */
export function isIsoDate(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(toUtc(text)) && addDays(text, 0) === text
  );
}

/** The year in which the school year of a day began: it runs from 1 September to 31 August. */
export function schoolYearOf(date: IsoDate): number {
  const year = Number(date.slice(0, 4));
  return date.slice(5) >= '09-01' ? year : year - 1;
}

/** The day on which someone comes of age; born on 29 February: 1 March of a common year. */
export function eighteenthBirthday(birthDate: IsoDate): IsoDate {
  const year = Number(birthDate.slice(0, 4)) + 18;
  const sameDay = `${year}${birthDate.slice(4)}`;
  return isIsoDate(sameDay) ? sameDay : `${year}-03-01`;
}
