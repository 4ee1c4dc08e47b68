import type { IsoDate } from '../entities.js';
import { WEEKDAYS_EN, WEEKDAYS_FR } from '../schedule/words.js';
import { dayNumber, MINUTES_PER_DAY } from './blackout-window.js';

/** One word of an entry, read; or what is wrong with it, as a part of a sentence. */
export type Term =
  | { weekdays: number[] }
  | { dates: { first: IsoDate; last: IsoDate } }
  | { hours: Hours[] }
  | { problem: string };

/** Minutes after midnight; `to` over 1,440 lies on the next day. */
export interface Hours {
  from: number;
  to: number;
}

/** Longer holidays are a mistyped year. */
const MAX_DAYS = 366;

/** Reads one word of an entry by its looks. @param term in lower case, without spaces */
export function parseTerm(term: string): Term {
  if (/^\p{L}/u.test(term)) return parseWeekdays(term);
  if (/^\d{4}-/.test(term)) return parseDates(term);
  if (/^\d{1,2}:/.test(term)) return parseHours(term);
  if (/^\d{1,2}\/\d{1,2}\//.test(term)) {
    return refuse(`"${term}" is no date as understood here; write the year first: 2026-12-24`);
  }
  return refuse(
    `"${term}" is not understood; write days (mon-fri), dates (2026-12-24/2027-01-03) or hours (08:00-12:00)`,
  );
}

function parseWeekdays(term: string): Term {
  const weekdays = new Set<number>();
  for (const item of term.split(',')) {
    const [first = '', last = first, ...more] = item.split('-');
    const [from, to] = [weekdayNumber(first), weekdayNumber(last)];
    if (from === null || to === null || more.length > 0) {
      const wrong = more.length > 0 ? item : from === null ? first : last;
      return refuse(
        `"${wrong || term}" is no day of the week; write mon, tue, wed, thu, fri, sat, sun, or lun, mar, mer, jeu, ven, sam, dim, as a list (sat,sun) or a range (mon-fri)`,
      );
    }
    // A range may pass the week's end: sat-mon.
    for (let step = 0; step <= (to - from + 7) % 7; step++) weekdays.add((from + step) % 7);
  }
  return { weekdays: [...weekdays].sort((a, b) => a - b) };
}

/** 0 is Sunday. Three letters or the whole name, in either language. */
function weekdayNumber(name: string): number | null {
  for (const names of [WEEKDAYS_EN, WEEKDAYS_FR]) {
    const fromMonday = names.findIndex((each) =>
      [each.toLowerCase(), each.toLowerCase().slice(0, 3)].includes(name),
    );
    if (fromMonday !== -1) return (fromMonday + 1) % 7;
  }
  return null;
}

function parseDates(term: string): Term {
  const [first = '', last = first, ...more] = term.split('/');
  if (more.length > 0 || !isDate(first) || !isDate(last)) {
    return refuse(
      `"${term}" is neither a date that exists (2026-12-24) nor a range of two (2026-12-24/2027-01-03)`,
    );
  }
  const days = dayNumber(last) - dayNumber(first) + 1;
  if (days < 1) return refuse(`"${term}" ends before it begins; write the earlier date first`);
  if (days > MAX_DAYS) {
    return refuse(`"${term}" is longer than a year; check the years, or write several entries`);
  }
  return { dates: { first, last } };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // JavaScript takes 30 February for 2 March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function parseHours(term: string): Term {
  const hours: Hours[] = [];
  for (const item of term.split(',')) {
    const match = /^(\d{1,2}:\d{2})-(\d{1,2}:\d{2})$/.exec(item);
    const [from, to] = [minuteOf(match?.[1]), minuteOf(match?.[2])];
    if (from === null || to === null || from === MINUTES_PER_DAY) {
      return refuse(
        `"${item}" is no range of hours; write it from 00:00 to 24:00, like 08:00-12:00 or, past midnight, 22:00-02:00`,
      );
    }
    if (from === to) {
      return refuse(`"${item}" ends as it begins; write 00:00-24:00, or no hours, for whole days`);
    }
    hours.push({ from, to: to > from ? to : to + MINUTES_PER_DAY });
  }
  return { hours };
}

/** Minutes after midnight, up to 24:00. */
function minuteOf(time: string | undefined): number | null {
  const [hour = Number.NaN, minute = Number.NaN] = time?.split(':').map(Number) ?? [];
  const total = hour * 60 + minute;
  return minute < 60 && total <= MINUTES_PER_DAY ? total : null;
}

function refuse(problem: string): Term {
  return { problem };
}
