import type { IsoDate } from '@passerelle/roster';

const DAY_MS = 86_400_000;

const toUtc = (date: IsoDate): number => Date.parse(`${date}T00:00:00Z`);

// Dates are made by the million, of some thousand days: each is worked out once.
const numberOf = new Map<IsoDate, number>();
const dateOf = new Map<number, IsoDate>();

function dayNumber(date: IsoDate): number {
  const known = numberOf.get(date);
  if (known !== undefined) {
    return known;
  }
  const number = toUtc(date) / DAY_MS;
  numberOf.set(date, number);
  return number;
}

/** The day `days` after (or before, when negative) a date. */
export function addDays(date: IsoDate, days: number): IsoDate {
  const number = dayNumber(date) + days;
  const known = dateOf.get(number);
  if (known !== undefined) {
    return known;
  }
  const made = new Date(number * DAY_MS).toISOString().slice(0, 10);
  dateOf.set(number, made);
  return made;
}

/** How many days `to` lies after `from`. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return dayNumber(to) - dayNumber(from);
}

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
