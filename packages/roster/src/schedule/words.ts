import type { Bilingual } from './field-rules.js';

/** A stretch of following numbers; a single one is its own first and last. */
export interface Stretch {
  first: number;
  last: number;
}

/** Cuts sorted numbers into stretches of three or more, and single ones. */
export function stretchesOf(values: readonly number[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const value of values) {
    const open = stretches.at(-1);
    if (open && open.last === value - 1) open.last = value;
    else stretches.push({ first: value, last: value });
  }
  return stretches.flatMap((stretch) =>
    stretch.last === stretch.first + 1
      ? [stretch.first, stretch.last].map((value) => ({ first: value, last: value }))
      : [stretch],
  );
}

/** The common difference of sorted numbers, or null where there is none. */
export function stepOf(values: readonly number[]): number | null {
  const [first, second] = values;
  if (first === undefined || second === undefined) return null;
  const step = second - first;
  const even = values.every((value, index) => value === first + index * step);
  return even ? step : null;
}

/** Do these numbers go round a cycle (60 minutes, 24 hours) in even steps? */
export function cycleStep(values: readonly number[], cycle: number): number | null {
  const step = values.length === 1 ? null : stepOf(values);
  return step !== null && step * values.length === cycle ? step : null;
}

/** `a, b et c` / `a, b and c`. */
export function enumerate(items: readonly string[], word: 'et' | 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

/** Numbers with their stretches: `0 à 10, 30 et 35`. */
export function numbersInWords(values: readonly number[]): Bilingual {
  const spell = (to: string) =>
    stretchesOf(values).map(({ first, last }) =>
      first === last ? `${first}` : `${first} ${to} ${last}`,
    );
  return { fr: enumerate(spell('à'), 'et'), en: enumerate(spell('to'), 'and') };
}

/** `d'avril`, `de mai`. */
export function de(word: string): string {
  return /^[aeiou]/.test(word) ? `d'${word}` : `de ${word}`;
}

/** `1st`, `22nd`, `13th`. */
export function ordinal(value: number): string {
  const teen = value > 10 && value < 20;
  const ending = teen ? undefined : ['th', 'st', 'nd', 'rd'][value % 10];
  return `${value}${ending ?? 'th'}`;
}

/** `02:30` */
export function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

export const MONTHS_FR = [
  'janvier',
  'février',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'août',
  'septembre',
  'octobre',
  'novembre',
  'décembre',
] as const;

export const MONTHS_EN = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** From Monday. */
export const WEEKDAYS_FR = [
  'lundi',
  'mardi',
  'mercredi',
  'jeudi',
  'vendredi',
  'samedi',
  'dimanche',
] as const;

/** From Monday. */
export const WEEKDAYS_EN = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
