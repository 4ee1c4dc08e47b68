import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCronPattern } from './cron-pattern.js';
import { nextRun } from './next-run.js';
import { parseSchedule, type Schedule } from './parse-schedule.js';

const MINUTE_MS = 60_000;
const PARIS = 'Europe/Paris';

function schedule(pattern: string): Schedule {
  const fields = fromCronPattern(pattern);
  const result = fields && parseSchedule(fields);
  if (!result?.ok) throw new Error(`bad pattern ${pattern}`);
  return result.schedule;
}

/** The next runs, one after the other. */
function runs(pattern: string, after: string, count: number, timeZone = PARIS): string[] {
  const found: string[] = [];
  let from = new Date(after);
  for (let index = 0; index < count; index++) {
    const next = nextRun(schedule(pattern), from, timeZone);
    if (next === null) break;
    found.push(next.toISOString().slice(0, 16));
    from = next;
  }
  return found;
}

describe('nextRun', () => {
  it.each([
    ['30 2 * * *', '2026-01-10T01:29:59Z', ['2026-01-10T01:30', '2026-01-11T01:30']],
    ['30 2 * * *', '2026-01-10T01:30:00Z', ['2026-01-11T01:30']],
    ['30 2 * * *', '2026-01-10T01:30:59.999Z', ['2026-01-11T01:30']],
    ['0,30 2,13 * * *', '2026-01-10T01:00Z', ['2026-01-10T01:30', '2026-01-10T12:00']],
    ['0 0 1 1 *', '2026-01-01T00:00Z', ['2026-12-31T23:00']],
    ['0 0 31 * *', '2026-01-31T12:00Z', ['2026-03-30T22:00', '2026-05-30T22:00']],
    ['0 0 29 2 *', '2026-01-01T00:00Z', ['2028-02-28T23:00', '2032-02-28T23:00']],
  ])('finds %s after %s', (pattern, after, expected) => {
    expect(runs(pattern, after, expected.length)).toEqual(expected);
  });

  it.each([
    ['day alone', '0 12 15 * *', ['2026-06-15T10:00', '2026-07-15T10:00']],
    ['weekday alone', '0 12 * * 1', ['2026-06-08T10:00', '2026-06-15T10:00']],
    ['Sunday as 7', '0 12 * * 7', ['2026-06-07T10:00', '2026-06-14T10:00']],
    ['either', '0 12 10 * 1', ['2026-06-08T10:00', '2026-06-10T10:00', '2026-06-15T10:00']],
    ['every weekday spelt out', '0 12 15 * 0-6', ['2026-06-03T10:00', '2026-06-04T10:00']],
    ['every day spelt out', '0 12 1-31 * 1', ['2026-06-03T10:00', '2026-06-04T10:00']],
  ])('combines day and weekday: %s', (_name, pattern, expected) => {
    expect(runs(pattern, '2026-06-02T12:00Z', expected.length)).toEqual(expected);
  });

  it('knows that 30 February never comes', () => {
    expect(nextRun(schedule('0 0 30 2 *'), new Date('2026-01-01'), PARIS)).toBeNull();
    expect(nextRun(schedule('0 0 31 4,6,9,11 *'), new Date('2026-01-01'), PARIS)).toBeNull();
  });

  it('looks eight years ahead, over a century without its leap day', () => {
    expect(runs('0 12 29 2 *', '2096-03-01T00:00Z', 1)).toEqual(['2104-02-29T11:00']);
  });

  it.each([
    [
      'a time in the gap runs once, later',
      '30 2 * * *',
      ['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30'],
    ],
    [
      'and not again at the same time',
      '30 2,3 * * *',
      ['2026-03-28T01:30', '2026-03-28T02:30', '2026-03-29T01:30', '2026-03-30T00:30'],
    ],
    [
      'its hour as a whole, once',
      '*/30 2 * * *',
      [
        '2026-03-28T01:00',
        '2026-03-28T01:30',
        '2026-03-29T01:00',
        '2026-03-29T01:30',
        '2026-03-30T00:00',
      ],
    ],
    [
      'the hours around it as ever',
      '0 1,4 * * *',
      ['2026-03-28T03:00', '2026-03-29T00:00', '2026-03-29T02:00', '2026-03-29T23:00'],
    ],
    ['only on its day', '30 2 29 3 *', ['2026-03-29T01:30', '2027-03-29T00:30']],
  ])('in spring: %s', (_name, pattern, expected) => {
    expect(runs(pattern, '2026-03-28T00:00Z', expected.length)).toEqual(expected);
  });

  it('in spring: every hour goes on every hour', () => {
    expect(runs('30 * * * *', '2026-03-29T00:00Z', 3)).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:30',
      '2026-03-29T02:30',
    ]);
  });

  it.each([
    [
      'a time that comes twice runs once',
      '30 2 * * *',
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'its hour as a whole, once',
      '*/30 2 * * *',
      [
        '2026-10-24T00:00',
        '2026-10-24T00:30',
        '2026-10-25T00:00',
        '2026-10-25T00:30',
        '2026-10-26T01:00',
      ],
    ],
    [
      'with the next hour after the repeated one',
      '30 2,3 * * *',
      [
        '2026-10-24T00:30',
        '2026-10-24T01:30',
        '2026-10-25T00:30',
        '2026-10-25T02:30',
        '2026-10-26T01:30',
      ],
    ],
  ])('in autumn: %s', (_name, pattern, expected) => {
    expect(runs(pattern, '2026-10-23T12:00Z', expected.length)).toEqual(expected);
  });

  it('in autumn: asked between the two, a fixed time has been', () => {
    expect(runs('30 2 * * *', '2026-10-25T01:10Z', 1)).toEqual(['2026-10-26T01:30']);
  });

  it('in autumn: every hour goes on every hour', () => {
    expect(runs('30 * * * *', '2026-10-24T23:45Z', 3)).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T01:30',
      '2026-10-25T02:30',
    ]);
  });

  it('copes with clocks that change at midnight, and with half an hour', () => {
    expect(runs('30 0 * * *', '2024-09-07T12:00Z', 2, 'America/Santiago')).toEqual([
      '2024-09-08T04:30',
      '2024-09-09T03:30',
    ]);
    // From 23:00 to midnight: the times lost belong to the day before.
    expect(runs('30 23 29 3 *', '2025-03-30T01:10Z', 1, 'America/Scoresbysund')).toEqual([
      '2025-03-30T01:30',
    ]);
    expect(runs('15,35 2 * * *', '2024-10-05T12:00Z', 2, 'Australia/Lord_Howe')).toEqual([
      '2024-10-05T15:35',
      '2024-10-05T15:45',
    ]);
    expect(runs('30 2 30 12 *', '2011-12-01T00:00Z', 1, 'Pacific/Apia')).toEqual([
      '2011-12-30T12:30',
    ]);
  });

  it('refuses an unknown time zone', () => {
    expect(() => nextRun(schedule('* * * * *'), new Date(0), 'Europe/Nowhere')).toThrow(RangeError);
  });

  it('agrees with a search minute by minute', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        momentInZone,
        frequentPattern,
        (zone, pick, pattern) => {
          const after = pick(zone);
          const wanted = schedule(pattern);
          const next = nextRun(wanted, after, zone.name);
          const from = Math.floor(after.getTime() / MINUTE_MS);
          const last = Math.min(from + 3 * 1_440, next ? next.getTime() / MINUTE_MS : Infinity);
          let found: number | null = null;
          for (let minute = from + 1; minute <= last && found === null; minute++) {
            if (runsAt(wanted, minute, zone.name)) found = minute;
          }
          if (next && next.getTime() / MINUTE_MS === last) expect(found).toBe(last);
          else expect(found).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('moves on: later moments never have earlier runs, and each run is its own next', () => {
    const minutes = fc.integer({ min: 0, max: 400 * 1_440 });
    fc.assert(
      fc.property(minutes, minutes, anyPattern, (one, other, pattern) => {
        const wanted = schedule(pattern);
        const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * MINUTE_MS);
        const first = nextRun(wanted, at(Math.min(one, other)), PARIS);
        const second = nextRun(wanted, at(Math.max(one, other)), PARIS);
        if (first === null) return;
        expect(first.getTime()).toBeGreaterThan(at(Math.min(one, other)).getTime());
        expect((second ?? first).getTime()).toBeGreaterThanOrEqual(first.getTime());
        expect(nextRun(wanted, new Date(first.getTime() - 1), PARIS)).toEqual(first);
      }),
      { numRuns: 200 },
    );
  });
});

interface Zone {
  name: string;
  /** Moments when its clocks change. */
  changes: readonly string[];
}

const ZONES: readonly Zone[] = [
  { name: PARIS, changes: ['2026-03-29T01:00Z', '2026-10-25T01:00Z'] },
  { name: 'America/New_York', changes: ['2026-03-08T07:00Z', '2026-11-01T06:00Z'] },
  { name: 'America/Santiago', changes: ['2024-09-08T04:00Z', '2024-04-07T03:00Z'] },
  { name: 'Australia/Lord_Howe', changes: ['2024-10-05T15:30Z', '2024-04-06T15:00Z'] },
  { name: 'America/Scoresbysund', changes: ['2025-03-30T01:00Z', '2025-10-26T01:00Z'] },
  { name: 'Asia/Kolkata', changes: ['2026-01-01T00:00Z'] },
];

/** Any second within a day and a half of a change. */
const momentInZone = fc
  .tuple(fc.nat(), fc.integer({ min: -129_600, max: 129_600 }))
  .map(([which, seconds]) => ({ changes }: Zone) => {
    const change = changes[which % changes.length] ?? '';
    return new Date(Date.parse(change) + seconds * 1_000);
  });

const someOf = (min: number, max: number) =>
  fc
    .uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 })
    .map((values) => values.join(','));
const starOr = (field: fc.Arbitrary<string>) => fc.oneof(fc.constant('*'), field);

/** Patterns that mostly have a run within days. */
const frequentPattern = fc
  .tuple(
    fc.oneof(someOf(0, 59), fc.constantFrom('*', '*/15', '50-59')),
    fc.oneof(fc.constant('*'), someOf(0, 4), someOf(0, 23), fc.constantFrom('0-22', '*/2')),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, fc.constantFrom('1-15', '*/2', '7,8,29')),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, fc.constantFrom('0,6', '1-5')),
  )
  .map(([minute, hour, day, weekday]) => `${minute} ${hour} ${day} * ${weekday}`);

const anyPattern = fc
  .tuple(
    starOr(someOf(0, 59)),
    starOr(someOf(0, 23)),
    starOr(someOf(1, 31)),
    starOr(someOf(1, 12)),
    starOr(someOf(0, 7)),
  )
  .map((fields) => fields.join(' '));

/** The rule of facts/moodle.md once more, as a question about one minute. */
function runsAt(wanted: Schedule, minute: number, timeZone: string): boolean {
  const now = offsetAt(minute, timeZone);
  const shown = minute + now;
  if (wanted.hours.length === 24) return fits(wanted, shown);
  for (let back = 1; back <= 60; back++) {
    const before = offsetAt(minute - back, timeZone);
    // The clock went forward `now - before` minutes, `back` minutes ago.
    if (before < now && back <= now - before && fits(wanted, minute + before)) return true;
    // The clock showed the same an hour (or half) ago.
    if (minute - back + before === shown) return false;
  }
  return fits(wanted, shown);
}

function fits({ dayRule, ...wanted }: Schedule, localMinute: number): boolean {
  const date = new Date(localMinute * MINUTE_MS);
  const byDay = wanted.days.includes(date.getUTCDate());
  const byWeekday = wanted.weekdays.includes(date.getUTCDay());
  const onDay = { day: byDay, weekday: byWeekday, either: byDay || byWeekday }[dayRule];
  return (
    onDay &&
    wanted.months.includes(date.getUTCMonth() + 1) &&
    wanted.hours.includes(date.getUTCHours()) &&
    wanted.minutes.includes(date.getUTCMinutes())
  );
}

const offsets = new Map<string, number>();

/** Minutes ahead of UTC, by the runtime's own time zone data; clocks change on quarters. */
function offsetAt(minute: number, timeZone: string): number {
  const quarter = Math.floor(minute / 15);
  const key = `${timeZone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const instant = quarter * 15 * MINUTE_MS;
  const text = new Date(instant).toLocaleString('sv-SE', { timeZone });
  const offset = (Date.parse(`${text.replace(' ', 'T')}Z`) - instant) / MINUTE_MS;
  offsets.set(key, offset);
  return offset;
}
