import type { IsoDate } from '../entities.js';
import { weekdayWords } from '../schedule/describe-days.js';
import type { Bilingual } from '../schedule/field-rules.js';
import { clock, MONTHS_EN, MONTHS_FR } from '../schedule/words.js';
import { type BlackoutWindow, MINUTES_PER_DAY } from './blackout-window.js';

/**
 * The windows in words: `du lundi au vendredi de 08:00 à 12:00 ; tous les jours
 * de 22:00 à 02:00 le lendemain`.
 */
export function describeBlackouts(
  windows: readonly BlackoutWindow[],
  language: keyof Bilingual,
): string {
  if (windows.length === 0) return { fr: 'aucune', en: 'none' }[language];
  const separator = { fr: ' ; ', en: '; ' }[language];
  return windows.map((window) => describeWindow(window)[language]).join(separator);
}

function describeWindow(window: BlackoutWindow): Bilingual {
  const days = daysInWords(window);
  const hours = hoursInWords(window);
  return { fr: `${days.fr} ${hours.fr}`, en: `${days.en} ${hours.en}` };
}

function daysInWords({ weekdays, dates }: BlackoutWindow): Bilingual {
  const everyDay = weekdays.length === 7;
  if (dates === null) {
    return everyDay ? { fr: 'tous les jours', en: 'every day' } : weekdayWords(weekdays);
  }
  const range = datesInWords(dates);
  if (everyDay) return range;
  const days = weekdayWords(weekdays);
  return { fr: `${days.fr}, ${range.fr},`, en: `${days.en}, ${range.en},` };
}

function datesInWords({ first, last }: { first: IsoDate; last: IsoDate }): Bilingual {
  const [from, to] = [dateInWords(first), dateInWords(last)];
  if (first === last) return { fr: `le ${from.fr}`, en: `on ${from.en}` };
  return { fr: `du ${from.fr} au ${to.fr}`, en: `from ${from.en} to ${to.en}` };
}

/** `24 décembre 2026` */
function dateInWords(date: IsoDate): Bilingual {
  const [year, month = 1, day = 1] = date.split('-').map(Number);
  const frenchDay = day === 1 ? '1er' : day;
  return {
    fr: `${frenchDay} ${MONTHS_FR[month - 1]} ${year}`,
    en: `${day} ${MONTHS_EN[month - 1]} ${year}`,
  };
}

function hoursInWords({ from, to }: BlackoutWindow): Bilingual {
  if (from === 0 && to === MINUTES_PER_DAY) {
    return { fr: 'toute la journée', en: 'all day' };
  }
  const [begin, end] = [
    timeOfDay(from),
    timeOfDay(to > MINUTES_PER_DAY ? to - MINUTES_PER_DAY : to),
  ];
  const nextDay = to > MINUTES_PER_DAY;
  return {
    fr: `de ${begin} à ${end}${nextDay ? ' le lendemain' : ''}`,
    en: `from ${begin} to ${end}${nextDay ? ' the next day' : ''}`,
  };
}

/** Midnight at a day's end is 24:00. */
function timeOfDay(minutes: number): string {
  return clock(Math.floor(minutes / 60), minutes % 60);
}
