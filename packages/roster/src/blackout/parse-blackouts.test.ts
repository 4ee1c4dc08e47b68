import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blackoutEnd } from './blackout-times.js';
import { describeBlackouts } from './describe-blackouts.js';
import { parseBlackouts } from './parse-blackouts.js';

const PARIS = 'Europe/Paris';
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

function windowsOf(text: string) {
  const parsed = parseBlackouts(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.windows;
}

function problemOf(text: string): string {
  const parsed = parseBlackouts(text);
  return parsed.ok ? 'no problem' : parsed.problem;
}

describe('parseBlackouts', () => {
  it('reads days, dates and hours', () => {
    expect(windowsOf('mon-fri 08:00-12:00; 22:00-02:00; 2026-12-24/2027-01-03; sat')).toEqual([
      { weekdays: [1, 2, 3, 4, 5], dates: null, from: 480, to: 720 },
      { weekdays: EVERY_DAY, dates: null, from: 1_320, to: 1_560 },
      {
        weekdays: EVERY_DAY,
        dates: { first: '2026-12-24', last: '2027-01-03' },
        from: 0,
        to: 1_440,
      },
      { weekdays: [6], dates: null, from: 0, to: 1_440 },
    ]);
  });

  it.each([
    ['mon,wed-fri', 'Lun, MER – ven'],
    ['sat,sun,mon', 'sam-lun'],
    ['tue 08:00-09:00', 'mardi 8:00 - 9:00'],
    ['08:00-12:00; 14:00-18:00', '08:00-12:00,14:00-18:00'],
    ['2026-06-30 12:00-14:00', ' 12:00-14:00   2026-06-30/2026-06-30 ;'],
    ['22:00-24:00', '22:00-00:00'],
    ['mon-sun 08:00-09:00', '08:00-09:00'],
  ])('takes "%s" and "%s" for the same', (one, other) => {
    expect(windowsOf(other)).toEqual(windowsOf(one));
  });

  it.each(['', ' ', ';', ' ; ;'])('finds no window in "%s"', (text) => {
    expect(windowsOf(text)).toEqual([]);
  });

  it.each([
    ['mon-fry 08:00-12:00', 'In "mon-fry 08:00-12:00", "fry" is no day of the week; write mon'],
    ['sat; mon-wed-fri', '"mon-wed-fri" is no day of the week; write mon'],
    ['mon, 08:00-09:00', 'In "mon, 08:00-09:00", "08:00" is no day of the week'],
    ['mon-', '"mon-" is no day of the week'],
    ['2026-02-30', '"2026-02-30" is neither a date that exists (2026-12-24)'],
    ['2026-12-24-2027-01-03', 'nor a range of two (2026-12-24/2027-01-03).'],
    ['24/12/2026', '"24/12/2026" is no date as understood here; write the year first'],
    ['2027-01-03/2026-12-24', 'ends before it begins; write the earlier date first.'],
    ['2026-12-24/2062-01-03', 'is longer than a year; check the years'],
    ['sat 8:00', 'In "sat 8:00", "8:00" is no range of hours; write it from 00:00 to 24:00'],
    ['08:00-12:60', 'is no range of hours'],
    ['08:00-24:01', 'is no range of hours'],
    ['24:00-08:00', 'is no range of hours'],
    ['08:00-08:00', 'ends as it begins; write 00:00-24:00, or no hours, for whole days.'],
    ['sat 08:00-09:00 sun', '"sun": weekdays are given twice; write two entries.'],
    ['8h-12h', '"8h-12h" is not understood; write days (mon-fri), dates'],
    ['sat 2026-06-29', 'none of its dates falls on one of its days of the week.'],
    ['x'.repeat(5_000), 'longer than 4000 characters'],
  ])('refuses "%s"', (text, said) => {
    expect(problemOf(text)).toContain(said);
  });

  it.each([
    '00:00-24:00',
    'mon-sun',
    'mon-fri; sat,sun 00:00-12:00; sam-dim 12:00-24:00',
    '08:00-20:00; 20:00-08:00',
    'sat 12:00-11:59; sun-fri; sat 00:00-12:00',
  ])('refuses "%s", which never ends', (text) => {
    expect(problemOf(text)).toContain('leave a gap');
  });

  it('lets what leaves a minute a week, or has dates, pass', () => {
    expect(problemOf('mon-sat; sun 00:00-23:59')).toBe('no problem');
    expect(problemOf('mon-sat; 2026-01-01/2026-12-31')).toBe('no problem');
  });

  it('takes anything without throwing, and what it takes ends and can be told', () => {
    const word = fc.constantFrom(
      ...['mon', 'dim', 'sat-mon', '08:00', '8:00-9:30', '22:00-02:00', '24:00', ';', '; '],
      ...['2026-12-24', '/2027-01-03', '-', ',', ' ', '00:00-24:00', 'é', '–', '2026-13-01'],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    const date = fc.date({
      min: new Date('2026-01-01'),
      max: new Date('2028-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(text, date, (junk, now) => {
        const parsed = parseBlackouts(junk);
        if (!parsed.ok) {
          expect(parsed.problem).toMatch(/\.$/);
          return;
        }
        const end = blackoutEnd(parsed.windows, now, PARIS);
        if (end !== null) expect(blackoutEnd(parsed.windows, end, PARIS)).toBeNull();
        for (const language of ['fr', 'en'] as const) {
          expect(describeBlackouts(parsed.windows, language)).toMatch(
            /^(?!.*(undefined|NaN| {2})).+$/,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('describeBlackouts', () => {
  it.each([
    ['', 'aucune', 'none'],
    [
      'mon-fri 08:00-12:00; sat',
      'du lundi au vendredi de 08:00 à 12:00 ; chaque samedi toute la journée',
      'Monday to Friday from 08:00 to 12:00; every Saturday all day',
    ],
    [
      '22:00-02:00',
      'tous les jours de 22:00 à 02:00 le lendemain',
      'every day from 22:00 to 02:00 the next day',
    ],
    [
      '2026-12-24/2027-01-01; 2026-06-30 12:00-24:00',
      'du 24 décembre 2026 au 1er janvier 2027 toute la journée ; le 30 juin 2026 de 12:00 à 24:00',
      'from 24 December 2026 to 1 January 2027 all day; on 30 June 2026 from 12:00 to 24:00',
    ],
    [
      'mon 2026-06-01/2026-06-30 12:00-14:00',
      'chaque lundi, du 1er juin 2026 au 30 juin 2026, de 12:00 à 14:00',
      'every Monday, from 1 June 2026 to 30 June 2026, from 12:00 to 14:00',
    ],
  ])('says "%s" in words', (text, fr, en) => {
    expect(describeBlackouts(windowsOf(text), 'fr')).toBe(fr);
    expect(describeBlackouts(windowsOf(text), 'en')).toBe(en);
  });
});
