import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blackoutEnd, nextBlackout } from './blackout-times.js';
import type { BlackoutWindow } from './blackout-window.js';
import { parseBlackouts } from './parse-blackouts.js';

const PARIS = 'Europe/Paris';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

function windowsOf(text: string): BlackoutWindow[] {
  const parsed = parseBlackouts(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.windows;
}

function shown(date: Date | null | undefined): string | null {
  return date?.toISOString().slice(0, 16) ?? null;
}

const endAfter = (text: string, now: string) =>
  shown(blackoutEnd(windowsOf(text), new Date(now), PARIS));

function nextAfter(text: string, now: string, days = 60): (string | null)[] | null {
  const next = nextBlackout(windowsOf(text), new Date(now), PARIS, days);
  return next && [shown(next.start), shown(next.end)];
}

describe('blackoutEnd', () => {
  it.each([
    ['before', '08:00-12:00', '2026-06-15T05:59:59.999Z', null],
    ['at its beginning', '08:00-12:00', '2026-06-15T06:00Z', '2026-06-15T10:00'],
    ['inside', '08:00-12:00', '2026-06-15T09:59:59.999Z', '2026-06-15T10:00'],
    ['at its end', '08:00-12:00', '2026-06-15T10:00Z', null],
    ['past midnight', 'mon 22:00-02:00', '2026-06-15T23:30Z', '2026-06-16T00:00'],
    ['not the morning of the same day', 'mon 22:00-02:00', '2026-06-14T23:30Z', null],
    ['whole days in a row', 'sat,sun', '2026-06-19T22:00Z', '2026-06-21T22:00'],
    ['dates', '2026-12-24/2027-01-03', '2026-12-28T12:00Z', '2027-01-03T23:00'],
    ['windows that touch', '08:00-10:00; 10:00-12:00', '2026-06-15T06:30Z', '2026-06-15T10:00'],
    ['windows that overlap', '08:00-11:00; 10:00-12:00', '2026-06-15T06:30Z', '2026-06-15T10:00'],
    ['one in another', '08:00-12:00; 09:00-10:00', '2026-06-15T07:30Z', '2026-06-15T10:00'],
    ['a date into hours', '2026-06-14; 00:00-05:00', '2026-06-14T12:00Z', '2026-06-15T03:00'],
    ['no window', '', '2026-06-15T12:00Z', null],
  ])('%s', (_name, text, now, end) => {
    expect(endAfter(text, now)).toBe(end);
  });

  it.each([
    ['a window over the gap is shorter', '01:00-04:00', '2026-03-29T00:00Z', '2026-03-29T02:00'],
    ['an end in the gap is the gap', '01:00-02:30', '2026-03-29T00:30Z', '2026-03-29T01:00'],
    ['a beginning in the gap is its end', '02:30-04:00', '2026-03-29T01:00Z', '2026-03-29T02:00'],
    ['and not before', '02:30-04:00', '2026-03-29T00:59Z', null],
    ['a window inside the gap falls away', '02:00-03:00', '2026-03-29T01:00Z', null],
    ['a night over it', 'sat 22:00-06:00', '2026-03-28T21:00Z', '2026-03-29T04:00'],
  ])('in spring: %s', (_name, text, now, end) => {
    expect(endAfter(text, now)).toBe(end);
  });

  it.each([
    ['a window over both hours is longer', '01:00-04:00', '2026-10-24T23:00Z', '2026-10-25T03:00'],
    ['an end in the hour, the first time', '01:00-02:30', '2026-10-24T23:30Z', '2026-10-25T00:30'],
    ['free between', '01:00-02:30', '2026-10-25T00:30Z', null],
    ['an end in the hour, again', '01:00-02:30', '2026-10-25T01:00Z', '2026-10-25T01:30'],
    ['the whole hour holds through', '02:00-03:00', '2026-10-25T00:10Z', '2026-10-25T02:00'],
    ['a night over it', 'sat 22:00-06:00', '2026-10-24T20:00Z', '2026-10-25T05:00'],
  ])('in autumn: %s', (_name, text, now, end) => {
    expect(endAfter(text, now)).toBe(end);
  });
});

describe('nextBlackout', () => {
  it.each([
    ['08:00-12:00', '2026-06-15T05:00Z', ['2026-06-15T06:00', '2026-06-15T10:00']],
    ['08:00-12:00', '2026-06-15T06:00Z', ['2026-06-16T06:00', '2026-06-16T10:00']],
    ['sat,sun', '2026-06-15T06:00Z', ['2026-06-19T22:00', '2026-06-21T22:00']],
    ['08:00-10:00; 10:00-12:00', '2026-06-15T05:00Z', ['2026-06-15T06:00', '2026-06-15T10:00']],
    ['2026-06-16 12:00-13:00', '2026-06-15T05:00Z', ['2026-06-16T10:00', '2026-06-16T11:00']],
    ['2026-06-14', '2026-06-15T05:00Z', null],
    ['2026-12-24', '2026-06-15T05:00Z', null],
    ['', '2026-06-15T05:00Z', null],
    ['02:30-04:00', '2026-03-29T00:00Z', ['2026-03-29T01:00', '2026-03-29T02:00']],
    ['02:00-03:00', '2026-03-29T00:00Z', ['2026-03-30T00:00', '2026-03-30T01:00']],
    ['02:00-02:30', '2026-10-25T00:15Z', ['2026-10-25T01:00', '2026-10-25T01:30']],
  ])('of "%s" after %s', (text, now, expected) => {
    expect(nextAfter(text, now)).toEqual(expected);
  });

  it('looks no further than it is told', () => {
    const week = ['2026-06-19T22:00', '2026-06-20T22:00'];
    expect(nextAfter('sat', '2026-06-12T22:00Z', 7)).toEqual(week);
    expect(nextAfter('sat', '2026-06-13T21:59Z', 6)).toBeNull();
  });
});

describe('against a clock watched minute by minute', () => {
  it.each([
    ['an ordinary week', '2026-06-10T22:00Z'],
    ['the week of the spring gap', '2026-03-25T23:00Z'],
    ['the week of the double hour', '2026-10-21T22:00Z'],
  ])('%s', (_name, from) => {
    const start = Date.parse(from);
    fc.assert(
      fc.property(
        entriesAround(start),
        fc.array(fc.nat(WEEK - 1), { maxLength: 40 }),
        (entries, some) => {
          const parsed = parseBlackouts(entries.map(({ text }) => text).join(' ; '));
          if (!parsed.ok) return fc.pre(false);
          const held = watch(entries, start);
          const changes = held.flatMap((holds, at) => (holds === held[at + 1] ? [] : [at, at + 1]));
          for (const at of [...some, ...changes.filter((each) => each < WEEK)]) {
            const now = new Date(start + at * MINUTE_MS);
            const end = blackoutEnd(parsed.windows, now, PARIS);
            expect(minutesFrom(start, end)).toBe(held[at] ? held.indexOf(false, at) : null);
            const next = nextBlackout(parsed.windows, now, PARIS, HORIZON_DAYS);
            const begins = held.indexOf(true, held.indexOf(false, at));
            const seen = begins !== -1 && begins <= at + HORIZON_DAYS * 1_440;
            expect(minutesFrom(start, next?.start)).toBe(seen ? begins : null);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

const WEEK = 7 * 1_440;
const HORIZON_DAYS = 14;
/** Watched for longer, so that every end and the next beginning are seen. */
const WATCHED = 6 * WEEK;
const NAMES = ['dim', 'mon', 'mar', 'wed', 'jeu', 'fri', 'sat'];
/** When Paris changes its clocks in 2026 (directive 2000/84/EC: at 01:00 UTC). */
const SUMMER = { from: Date.parse('2026-03-29T01:00Z'), to: Date.parse('2026-10-25T01:00Z') };

/** An entry as it is meant, and as it is written. */
interface Entry {
  text: string;
  weekdays: number[];
  /** Days since 1970. */
  dates: [number, number] | null;
  from: number;
  to: number;
}

/** Whether the entries hold, minute by minute from `start` on. */
function watch(entries: readonly Entry[], start: number): boolean[] {
  return Array.from({ length: WATCHED }, (_, index) => {
    const time = start + index * MINUTE_MS;
    const ahead = time >= SUMMER.from && time < SUMMER.to ? 120 : 60;
    const wall = time / MINUTE_MS + ahead;
    const [day, minute] = [Math.floor(wall / 1_440), wall % 1_440];
    return entries.some((entry) => {
      const { from, to } = entry;
      if (from < to) return isDayOf(entry, day) && minute >= from && minute < to;
      return minute >= from ? isDayOf(entry, day) : minute < to && isDayOf(entry, day - 1);
    });
  });
}

function isDayOf({ weekdays, dates }: Entry, day: number): boolean {
  const weekday = new Date(day * DAY_MS).getUTCDay();
  return weekdays.includes(weekday) && (!dates || (day >= dates[0] && day <= dates[1]));
}

function minutesFrom(start: number, time: Date | null | undefined): number | null {
  return time ? (time.getTime() - start) / MINUTE_MS : null;
}

/** Entries whose days lie around the week that begins at `start`. */
function entriesAround(start: number): fc.Arbitrary<Entry[]> {
  const firstDay = Math.floor(start / DAY_MS) - 3;
  // Full and half hours, that windows touch; others, that they don't.
  const minute = fc.oneof(
    fc.nat(47).map((half) => half * 30),
    fc.nat(1_439),
  );
  const entry = fc.record({
    weekdays: fc.option(fc.uniqueArray(fc.nat(6), { minLength: 1 })),
    dates: fc.option(fc.tuple(fc.nat(12), fc.nat(5))),
    hours: fc.option(
      fc.tuple(
        minute,
        minute.map((each) => each + 1),
      ),
    ),
  });
  return fc.array(
    entry
      .filter(({ weekdays, dates, hours }) => [weekdays, dates, hours].some((each) => each))
      .filter(({ hours }) => hours === null || hours[0] !== hours[1])
      .map(({ weekdays, dates, hours }) => {
        const [from, to] = hours ?? [0, 1_440];
        const days: [number, number] | null = dates && [
          firstDay + dates[0],
          firstDay + dates[0] + dates[1],
        ];
        const words = [
          weekdays?.map((each) => NAMES[each]).join(','),
          days?.map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10)).join('/'),
          hours && `${clockTime(from)}-${clockTime(to)}`,
        ];
        return {
          text: words.filter((each) => each).join(' '),
          weekdays: weekdays ?? [0, 1, 2, 3, 4, 5, 6],
          dates: days,
          from,
          to,
        };
      }),
    { minLength: 1, maxLength: 5 },
  );
}

function clockTime(minutes: number): string {
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
