import type { IsoDate } from '../entities.js';

const ADULT_YEARS = 18;

/**
 * The latest birth date of someone who is of age today: whoever was born on
 * that day or before has had an 18th birthday. Born on 29 February, one comes
 * of age on 1 March, since the eighteenth year after a leap year is a common
 * one (facts/netypareo.md, `netypareo_ouverage`).
 */
export function latestAdultBirthDate(today: IsoDate): IsoDate {
  const { year, monthAndDay } = split(today);
  return join(year - ADULT_YEARS, monthAndDay === '02-29' ? '02-28' : monthAndDay);
}

/** The value of `netypareo_ouverage` on a day; empty for an unknown birth date. */
export function majorityOn(birthDate: IsoDate | null, today: IsoDate): 'majeur' | 'mineur' | '' {
  if (birthDate === null) return '';
  const { year, monthAndDay } = split(birthDate);
  const birthday = join(year + ADULT_YEARS, monthAndDay === '02-29' ? '03-01' : monthAndDay);
  return birthday <= today ? 'majeur' : 'mineur';
}

function split(date: IsoDate): { year: number; monthAndDay: string } {
  return { year: Number(date.slice(0, 4)), monthAndDay: date.slice(5) };
}

function join(year: number, monthAndDay: string): IsoDate {
  return `${String(year).padStart(4, '0')}-${monthAndDay}`;
}
