import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCronPattern, toCronPattern } from './cron-pattern.js';
import { FIELD_RULES, SCHEDULE_FIELD_NAMES, type ScheduleFieldName } from './field-rules.js';
import { parseSchedule, type Schedule } from './parse-schedule.js';
import { resolveRandomFields } from './random-fields.js';

const DAILY = { minute: '30', hour: '2', day: '*', month: '*', weekday: '*' };

function parsed(change: Partial<typeof DAILY>): Schedule {
  const result = parseSchedule({ ...DAILY, ...change });
  if (!result.ok) throw new Error(result.problems[0]?.message.en);
  return result.schedule;
}

function problem(field: ScheduleFieldName, text: string) {
  const result = parseSchedule({ ...DAILY, [field]: text });
  if (result.ok) throw new Error(`${field} "${text}" was accepted`);
  expect(result.problems.map((each) => each.field)).toEqual([field]);
  return result.problems[0]?.message ?? { fr: '', en: '' };
}

const range = (first: number, last: number, step = 1) =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);

describe('parseSchedule', () => {
  it.each([
    ['5/10', [5, 15, 25, 35, 45, 55]],
    ['0-10,30-40/5', [...range(0, 10), 30, 35, 40]],
    ['*/20', [0, 20, 40]],
    ['*/60', [0]],
    ['59,0,59', [0, 59]],
    ['*,5', range(0, 59)],
  ])('reads minute %s', (minute, expected) => {
    expect(parsed({ minute }).minutes).toEqual(expected);
  });

  it.each([
    ['0', [0]],
    ['7', [0]],
    ['2,5', [2, 5]],
    ['5-7', [0, 5, 6]],
    ['0-7', range(0, 6)],
    ['*/2', [0, 2, 4, 6]],
    ['1/2', [0, 1, 3, 5]],
  ])('reads weekday %s, where 7 is Sunday as 0 is', (weekday, expected) => {
    expect(parsed({ weekday }).weekdays).toEqual(expected);
  });

  it.each([
    ['15', '*', 'day'],
    ['*', '1', 'weekday'],
    ['*', '*', 'day'],
    ['15', '1', 'either'],
    ['15', '0-6', 'either'],
    ['1-31', '1', 'either'],
    ['*/1', '1', 'either'],
  ])('compares day %s and weekday %s as texts', (day, weekday, dayRule) => {
    expect(parsed({ day, weekday }).dayRule).toBe(dayRule);
  });

  it.each([
    ['minute', '1.5', "Minute : « 1.5 » n'est pas un nombre entier ; écrivez « 1,5 »."],
    ['minute', '5abc', "Minute : « 5abc » n'est pas un nombre ; écrivez « 5 »."],
    ['hour', '22-2', 'Heure : « 22-2 » va du plus grand au plus petit ; écrivez « 22-23,0-2 ».'],
    [
      'weekday',
      '5-0',
      'Jour de la semaine : « 5-0 » va du plus grand au plus petit ; écrivez « 5-6,0 ».',
    ],
    ['minute', '*/0', 'Minute : « */0 » a un pas de zéro ; écrivez « * ».'],
    ['minute', '/5', 'Minute : « /5 » ne dit rien avant la barre ; écrivez « */5 ».'],
    ['month', '05', 'Mois : « 05 » commence par un zéro ; écrivez « 5 ».'],
    ['day', '*1,15', "Jour : « *1 » mêle l'étoile et un nombre ; écrivez « 1,15 »."],
    ['day', '1,,15', 'Jour : la liste a un élément vide ; écrivez « 1,15 ».'],
    ['day', '1, 15', 'Jour : «  15 » contient une espace ; écrivez « 1,15 ».'],
    ['day', '1;15', 'Jour : « 1;15 » sépare par un point-virgule ; écrivez « 1,15 ».'],
    [
      'minute',
      'r',
      'Minute : « r » est un nom, et seuls les nombres sont reconnus ; écrivez « R ».',
    ],
    [
      'hour',
      '24',
      'Heure : « 24 » sort des valeurs possibles, de 0 à 23 ; écrivez « * », un nombre de 0 à 23, un intervalle (« 1-5 »), un pas (« */2 ») ou une liste (« 1,3 »).',
    ],
  ] as const)('says of %s "%s": %s', (field, text, sentence) => {
    expect(problem(field, text).fr).toBe(sentence);
  });

  it('says it in English too', () => {
    expect(problem('day', '*1,15').en).toBe(
      'Day: “*1” mixes the star with a number; write “1,15”.',
    );
  });

  it.each([
    ['minute', ''],
    ['minute', ' '],
    ['minute', '60'],
    ['minute', '*/61'],
    ['minute', '-5'],
    ['minute', '5-'],
    ['minute', '1-2-3'],
    ['minute', '5/'],
    ['minute', '*/5/5'],
    ['minute', '**'],
    ['minute', '*-5'],
    ['minute', '?'],
    ['minute', '٣'],
    ['minute', '5\n'],
    ['minute', '1e1'],
    ['minute', '00'],
    ['minute', '0-05'],
    ['minute', '99999999999999999999'],
    ['minute', `${'1,'.repeat(200)}1`],
    ['minute', '@hourly'],
    ['minute', 'R,5'],
    ['day', '0'],
    ['day', '32'],
    ['day', 'L'],
    ['day', 'R'],
    ['month', '0'],
    ['month', '13'],
    ['month', 'R'],
    ['month', 'jan'],
    ['weekday', '8'],
    ['weekday', '*/8'],
    ['weekday', 'mon-fri'],
    ['weekday', '1#2'],
  ] as const)('refuses %s "%s" and says what to write', (field, text) => {
    const { fr, en } = problem(field, text);
    expect(fr).toMatch(/ ; écrivez .*\.$/);
    expect(en).toMatch(/; write .*\.$/);
    expect(en.startsWith(`${FIELD_RULES[field].label.en}: `)).toBe(true);
  });

  it('names every field that is wrong', () => {
    const result = parseSchedule({ minute: '60', hour: 'x', day: '0', month: '05', weekday: '' });
    expect(!result.ok && result.problems.map(({ field }) => field)).toEqual(SCHEDULE_FIELD_NAMES);
  });

  it('reads back what is written by the grammar', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCHEDULE_FIELD_NAMES), fc.gen(), (field, gen) => {
        const { text, values } = gen(fieldText, field);
        const result = parseSchedule({ ...DAILY, [field]: text });
        expect(result.ok && result.schedule[LISTS[field]]).toEqual(values);
      }),
      { numRuns: 500 },
    );
  });

  it('takes nothing that is not in the grammar, and its own suggestions', () => {
    const grammar = /^(\*|\d+(-\d+)?)(\/\d+)?(,(\*|\d+(-\d+)?)(\/\d+)?)*$/;
    const character = fc.constantFrom(...'0123456789*,-/R. a');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 8 }), (minute) => {
        const result = parseSchedule({ ...DAILY, minute });
        if (result.ok) expect(minute).toMatch(grammar);
        const suggestion =
          !result.ok && /; write “([^”]*)”\.$/.exec(result.problems[0]?.message.en ?? '');
        if (suggestion) {
          const fields = resolveRandomFields({ ...DAILY, minute: suggestion[1] ?? '' }, () => 0);
          expect(parseSchedule(fields).ok).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

const LISTS = {
  minute: 'minutes',
  hour: 'hours',
  day: 'days',
  month: 'months',
  weekday: 'weekdays',
} as const;

/** A field's text together with the values it stands for. */
function fieldText(field: ScheduleFieldName) {
  const { min, max, count } = FIELD_RULES[field];
  const number = fc.integer({ min, max });
  const step = fc.integer({ min: 1, max: count });
  const item = fc.oneof(
    fc.constant({ text: '*', values: range(min, max) }),
    step.map((by) => ({ text: `*/${by}`, values: range(min, max, by) })),
    number.map((value) => ({ text: `${value}`, values: [value] })),
    fc
      .tuple(number, step)
      .map(([from, by]) => ({ text: `${from}/${by}`, values: range(from, max, by) })),
    fc.tuple(number, number, step).map(([one, other, by]) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      return { text: `${from}-${to}/${by}`, values: range(from, to, by) };
    }),
  );
  return fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => ({
    text: items.map(({ text }) => text).join(','),
    values: [
      ...new Set(
        items.flatMap(({ values }) => values.map((v) => (field === 'weekday' ? v % 7 : v))),
      ),
    ].sort((a, b) => a - b),
  }));
}

describe('resolveRandomFields', () => {
  it('replaces R in minute, hour and weekday only', () => {
    const all = { minute: 'R', hour: 'R', day: 'R', month: 'R', weekday: 'R' };
    expect(resolveRandomFields(all, () => 0)).toEqual({
      minute: '0',
      hour: '0',
      day: 'R',
      month: 'R',
      weekday: '0',
    });
    expect(resolveRandomFields(all, () => 0.999_999)).toMatchObject({
      minute: '59',
      hour: '23',
      weekday: '6',
    });
  });

  it('leaves everything else alone', () => {
    expect(resolveRandomFields(DAILY, () => 0.5)).toEqual(DAILY);
  });
});

describe('cron patterns', () => {
  it('carry the five fields there and back', () => {
    expect(toCronPattern(DAILY)).toBe('30 2 * * *');
    expect(fromCronPattern('30 2 * * *')).toEqual(DAILY);
  });

  it.each(['', '@daily', '30 2 * *', '0 30 2 * * *'])('are not "%s"', (pattern) => {
    expect(fromCronPattern(pattern)).toBeNull();
  });
});
