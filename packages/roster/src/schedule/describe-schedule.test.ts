import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCronPattern } from './cron-pattern.js';
import { describeSchedule } from './describe-schedule.js';
import { parseSchedule } from './parse-schedule.js';

function words(pattern: string) {
  const fields = fromCronPattern(pattern);
  if (fields === null) throw new Error(`bad pattern ${pattern}`);
  return describeSchedule(fields);
}

describe('describeSchedule', () => {
  it.each([
    ['30 2 * * *', 'tous les jours à 02:30', 'every day at 02:30'],
    ['* * * * *', 'toutes les minutes', 'every minute'],
    ['*/5 * * * *', 'toutes les 5 minutes', 'every 5 minutes'],
    ['5/10 * * * *', 'toutes les 10 minutes dès la minute 5', 'every 10 minutes from minute 5'],
    ['30 * * * *', 'toutes les heures à la minute 30', 'every hour at minute 30'],
    [
      '*/7 * * * *',
      'toutes les heures aux minutes 0, 7, 14, 21, 28, 35, 42, 49 et 56',
      'every hour at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56',
    ],
    [
      '0 2,13,19 * * *',
      'tous les jours à 02:00, 13:00 et 19:00',
      'every day at 02:00, 13:00 and 19:00',
    ],
    [
      '30 2-10 * * *',
      'tous les jours, toutes les heures de 02:30 à 10:30',
      'every day, every hour from 02:30 to 10:30',
    ],
    [
      '0 */2 * * 1',
      'chaque lundi, toutes les 2 heures de 00:00 à 22:00',
      'every Monday, every 2 hours from 00:00 to 22:00',
    ],
    [
      '*/10 8-17 * * 1-5',
      'du lundi au vendredi, toutes les 10 minutes de 08:00 à 17:50',
      'Monday to Friday, every 10 minutes from 08:00 to 17:50',
    ],
    [
      '0,7,14 1,3 * * *',
      'tous les jours, aux minutes 0, 7 et 14 des heures 1 et 3',
      'every day, at minutes 0, 7 and 14 of hours 1 and 3',
    ],
    [
      '30 2 1,15 * *',
      'le 1er et le 15 de chaque mois à 02:30',
      'on the 1st and the 15th of each month at 02:30',
    ],
    [
      '0 8 1-7,20 * *',
      'du 1er au 7 et le 20 de chaque mois à 08:00',
      'from the 1st to the 7th and on the 20th of each month at 08:00',
    ],
    [
      '0 8 */2 * *',
      'les jours impairs de chaque mois à 08:00',
      'on odd days of each month at 08:00',
    ],
    [
      '0 8 31 * *',
      'le 31 de chaque mois (quand ce jour existe) à 08:00',
      'on the 31st of each month (where that day exists) at 08:00',
    ],
    ['0 8 1 9 *', 'le 1er septembre à 08:00', 'on the 1st of September at 08:00'],
    ['0 8 2/2 4 *', "les jours pairs d'avril à 08:00", 'on even days of April at 08:00'],
    ['0 8 * * 0', 'chaque dimanche à 08:00', 'every Sunday at 08:00'],
    ['0 8 * * 2,5', 'chaque mardi et vendredi à 08:00', 'every Tuesday and Friday at 08:00'],
    [
      '0 8 15 * 1',
      'le 15 de chaque mois ou chaque lundi, à 08:00',
      'on the 15th of each month or every Monday, at 08:00',
    ],
    ['0 8 15 * 0-6', 'tous les jours à 08:00', 'every day at 08:00'],
    [
      '0 8 * 9-12,1-6 *',
      'tous les jours, de septembre à juin, à 08:00',
      'every day, from September to June, at 08:00',
    ],
    [
      '*/5 * * 7 *',
      'tous les jours, en juillet, toutes les 5 minutes',
      'every day, in July, every 5 minutes',
    ],
    [
      '0 8 30 2 *',
      'jamais : aucune date ne convient (le 30 février)',
      'never: there is no such date (on the 30th of February)',
    ],
    ['61 8 * * *', 'programmation invalide', 'invalid schedule'],
  ])('says %s in words', (pattern, fr, en) => {
    expect(words(pattern)).toEqual({ fr, en });
  });

  it('gives different schedules different words', () => {
    const meanings = { fr: new Map<string, string>(), en: new Map<string, string>() };
    fc.assert(
      fc.property(patternOfFewChoices, (pattern) => {
        const text = words(pattern);
        const meaning = meaningOf(pattern);
        for (const language of ['fr', 'en'] as const) {
          const said = meanings[language].get(text[language]);
          if (said !== undefined && said !== meaning) {
            throw new Error(`"${text[language]}" is said of ${pattern}, and of other times too`);
          }
          meanings[language].set(text[language], meaning);
        }
      }),
      { numRuns: 4_000 },
    );
  });

  it('has no holes in its sentences', () => {
    fc.assert(
      fc.property(patternOfFewChoices, (pattern) => {
        const { fr, en } = words(pattern);
        expect(`${fr}|${en}`).not.toMatch(/undefined|NaN| {2}|(^|\|) |,,| ,/);
      }),
    );
  });
});

const MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** When a schedule runs, whatever its fields look like. */
function meaningOf(pattern: string): string {
  const fields = fromCronPattern(pattern);
  const result = fields && parseSchedule(fields);
  if (!result?.ok) return 'invalid';
  const { minutes, hours, days, months, weekdays, dayRule } = result.schedule;
  let dates = '';
  for (const month of months) {
    for (let day = 1; day <= (MONTH_LENGTHS[month - 1] ?? 0); day++) {
      for (let weekday = 0; weekday < 7; weekday++) {
        const [byDay, byWeekday] = [days.includes(day), weekdays.includes(weekday)];
        const runs = { day: byDay, weekday: byWeekday, either: byDay || byWeekday }[dayRule];
        if (runs) dates += `${month}/${day}/${weekday} `;
      }
    }
  }
  return dates === '' ? 'never' : `${dates} at ${hours.join()} : ${minutes.join()}`;
}

/** Few choices for each field, so that near misses meet. */
const patternOfFewChoices = fc
  .tuple(
    fc.constantFrom(
      '*',
      '0',
      '30',
      '0,30',
      '*/5',
      '5/5',
      '*/7',
      '5/10',
      '0-10',
      '0-20/5',
      '1-59',
      '0,1',
    ),
    fc.constantFrom(
      '*',
      '0',
      '2',
      '2,3',
      '2-4',
      '2-10',
      '*/2',
      '1/2',
      '*/5',
      '0-22',
      '2-10/2',
      '0,12',
    ),
    fc.constantFrom(
      '*',
      '1',
      '31',
      '1,15',
      '1-7',
      '*/2',
      '2/2',
      '1-29/2',
      '1-31',
      '29',
      '30,31',
      '1,2',
    ),
    fc.constantFrom('*', '1', '2', '2,4', '1-3', '9-12,1-6', '1-12', '11,12,1', '1,12', '4,6,9,11'),
    fc.constantFrom('*', '0', '7', '1', '1-5', '6,0', '0-6', '5-7,1', '1,3,5', '1,2'),
  )
  .map((fields) => fields.join(' '));
