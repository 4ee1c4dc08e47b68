import { monthName, monthWords } from './describe-months.js';
import type { Bilingual } from './field-rules.js';
import type { Schedule } from './parse-schedule.js';
import {
  de,
  enumerate,
  MONTHS_EN,
  MONTHS_FR,
  ordinal,
  stepOf,
  stretchesOf,
  WEEKDAYS_EN,
  WEEKDAYS_FR,
} from './words.js';

/** On which days; `closed` phrases are set off by a comma from what follows. */
export interface DaysInWords {
  text: Bilingual;
  everyDay: boolean;
  closed: boolean;
  never: boolean;
}

/** Days of each month at most. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const ALL_DAYS = 31;

/** Words for day, month and weekday, as they combine. */
export function describeDays(schedule: Schedule): DaysInWords {
  const { months } = schedule;
  const allMonths = months.length === 12;
  if (runsEveryDay(schedule)) return dailyWords(months, allMonths);
  if (schedule.dayRule === 'weekday') {
    return withMonths(weekdayWords(schedule.weekdays), months);
  }
  const { days } = schedule;
  const onlyDays = schedule.dayRule === 'day';
  if (onlyDays && !months.some((month) => (days[0] ?? 0) <= longest(month))) {
    return neverWords(schedule);
  }
  const oneMonth = onlyDays && months.length === 1;
  const dates = addNote(dayWords(days, months, oneMonth), schedule);
  if (oneMonth) return { text: dates, everyDay: false, closed: false, never: false };
  if (onlyDays) return withMonths(dates, months);
  const weekdays = weekdayWords(schedule.weekdays);
  const either = {
    fr: `${dates.fr} ou ${weekdays.fr}`,
    en: `${dates.en} or ${weekdays.en}`,
  };
  return { ...withMonths(either, months), closed: true };
}

function runsEveryDay({ days, weekdays, dayRule }: Schedule): boolean {
  if (dayRule !== 'weekday' && days.length === ALL_DAYS) return true;
  return dayRule !== 'day' && weekdays.length === 7;
}

function dailyWords(months: readonly number[], allMonths: boolean): DaysInWords {
  const everyDay = { fr: 'tous les jours', en: 'every day' };
  return { ...withMonths(everyDay, months), everyDay: allMonths };
}

function withMonths(text: Bilingual, months: readonly number[]): DaysInWords {
  const plain = { everyDay: false, never: false };
  if (months.length === 12) return { ...plain, text, closed: false };
  const which = monthWords(months);
  return {
    ...plain,
    text: { fr: `${text.fr}, ${which.fr}`, en: `${text.en}, ${which.en}` },
    closed: true,
  };
}

/** `du lundi au vendredi et chaque dimanche`; 0 is Sunday. */
export function weekdayWords(weekdays: readonly number[]): Bilingual {
  const fromMonday = weekdays.map((weekday) => (weekday + 6) % 7).sort((a, b) => a - b);
  const parts = stretchesOf(fromMonday);
  const single = parts.filter(({ first, last }) => first === last).map(({ first }) => first);
  const ranges = parts.filter(({ first, last }) => first !== last);
  const frSingle = enumerate(
    single.map((index) => WEEKDAYS_FR[index] ?? ''),
    'et',
  );
  const enSingle = enumerate(
    single.map((index) => WEEKDAYS_EN[index] ?? ''),
    'and',
  );
  const frRanges = ranges.map(
    ({ first, last }) => `du ${WEEKDAYS_FR[first]} au ${WEEKDAYS_FR[last]}`,
  );
  const enRanges = ranges.map(({ first, last }) => `${WEEKDAYS_EN[first]} to ${WEEKDAYS_EN[last]}`);
  return {
    fr: [...frRanges, ...(frSingle ? [`chaque ${frSingle}`] : [])].join(' et '),
    en: [...enRanges, ...(enSingle ? [`every ${enSingle}`] : [])].join(' and '),
  };
}

/** `le 1er et du 10 au 15` with `de chaque mois`, `du mois` or the one month's name. */
function dayWords(
  days: readonly number[],
  months: readonly number[],
  oneMonth: boolean,
): Bilingual {
  const [month = 1] = months;
  const everyMonth = months.length === 12;
  const alternate = alternateDays(days);
  const frMonth = monthName(MONTHS_FR, month);
  const frOf = everyMonth ? 'de chaque mois' : 'du mois';
  const enOf = oneMonth
    ? `of ${monthName(MONTHS_EN, month)}`
    : everyMonth
      ? 'of each month'
      : 'of the month';
  if (alternate) {
    return {
      fr: `les jours ${alternate.fr} ${oneMonth ? de(frMonth) : frOf}`,
      en: `on ${alternate.en} days ${enOf}`,
    };
  }
  const parts = stretchesOf(days);
  const fr = parts.map(({ first, last }) =>
    first === last ? `le ${frenchDay(first)}` : `du ${frenchDay(first)} au ${frenchDay(last)}`,
  );
  const en = parts.map(({ first, last }, index) => {
    if (first !== last) return `from the ${ordinal(first)} to the ${ordinal(last)}`;
    const before = parts[index - 1];
    return `${before && before.first === before.last ? '' : 'on '}the ${ordinal(first)}`;
  });
  return {
    fr: `${enumerate(fr, 'et')} ${oneMonth ? frMonth : frOf}`,
    en: `${enumerate(en, 'and')} ${enOf}`,
  };
}

function alternateDays(days: readonly number[]): Bilingual | null {
  if (stepOf(days) !== 2) return null;
  if (days[0] === 1 && days.at(-1) === 31) return { fr: 'impairs', en: 'odd' };
  if (days[0] === 2 && days.at(-1) === 30) return { fr: 'pairs', en: 'even' };
  return null;
}

/** Says so where a month may lack a day that is named by itself. */
function addNote(text: Bilingual, { days, months }: Schedule): Bilingual {
  const shortest = Math.min(...months.map((month) => (month === 2 ? 28 : longest(month))));
  const named = stretchesOf(days).filter(({ first, last }) => first === last);
  if (alternateDays(days) || !named.some(({ first }) => first > shortest)) return text;
  return { fr: `${text.fr} (quand ce jour existe)`, en: `${text.en} (where that day exists)` };
}

function neverWords(schedule: Schedule): DaysInWords {
  const { days, months } = schedule;
  const oneMonth = months.length === 1;
  const dates = dayWords(days, months, oneMonth);
  const where = oneMonth ? { fr: '', en: '' } : monthWords(months);
  const set = (text: string, more: string) => (more === '' ? text : `${text}, ${more}`);
  return {
    text: {
      fr: `jamais : aucune date ne convient (${set(dates.fr, where.fr)})`,
      en: `never: there is no such date (${set(dates.en, where.en)})`,
    },
    everyDay: false,
    closed: false,
    never: true,
  };
}

function frenchDay(day: number): string {
  return day === 1 ? '1er' : String(day);
}

function longest(month: number): number {
  return LONGEST[month - 1] ?? 31;
}
