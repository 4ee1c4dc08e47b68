import type { IsoDate } from './entities.js';

const DAY_MS = 86_400_000;

/** The day `days` after (or, negative, before) the given one. */
export function addDays(date: IsoDate, days: number): IsoDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
