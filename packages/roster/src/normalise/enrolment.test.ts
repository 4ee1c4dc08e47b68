import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentEnrolment, type Enrolment, enrolmentsOf } from './enrolment.js';

const TODAY = '2026-11-22';

function enrolment(fields: Partial<Enrolment>): Enrolment {
  return {
    code: '1',
    flaggedCurrent: false,
    continuing: false,
    siteCode: null,
    groupCode: null,
    statusCode: null,
    cursusCode: null,
    programCode: null,
    stepCode: null,
    startsOn: '2026-09-01',
    endsOn: '2027-08-31',
    ...fields,
  };
}

describe('currentEnrolment', () => {
  it.each([
    ['the flagged one, not the first', [{ code: 'a' }, { code: 'b', flaggedCurrent: true }], 'b'],
    [
      'not a flagged one that has been left',
      [{ code: 'left', flaggedCurrent: true, endsOn: '2026-11-21' }, { code: 'b' }],
      'b',
    ],
    [
      'a flagged one on its last day',
      [{ code: 'last', flaggedCurrent: true, endsOn: TODAY }, { code: 'b' }],
      'last',
    ],
    [
      'of two flagged ones the later start',
      [
        { code: 'b', flaggedCurrent: true, startsOn: '2026-10-01' },
        { code: 'c', flaggedCurrent: true },
      ],
      'b',
    ],
    [
      'then the highest code, as a number',
      [
        { code: '9', flaggedCurrent: true },
        { code: '10', flaggedCurrent: true },
      ],
      '10',
    ],
    [
      'without a flag, the one whose dates contain today',
      [{ code: 'next', startsOn: '2026-12-01' }, { code: 'now' }],
      'now',
    ],
    [
      'else the next to begin',
      [
        { code: 'far', startsOn: '2027-09-01' },
        { code: 'near', startsOn: '2027-01-01' },
      ],
      'near',
    ],
    [
      'else the last one',
      [
        { code: 'old', startsOn: '2020-09-01', endsOn: '2021-08-31' },
        { code: 'older', startsOn: '2019-09-01', endsOn: '2020-08-31' },
      ],
      'old',
    ],
  ])('takes %s', (_, list, expected) => {
    expect(currentEnrolment(list.map(enrolment), TODAY)?.code).toBe(expected);
  });

  it('has none where there is none', () => {
    expect(currentEnrolment([], TODAY)).toBeNull();
  });

  it('does not depend on the order at the source', () => {
    const day = fc.constantFrom('2025-09-01', '2026-09-01', TODAY, '2027-01-01', '2027-09-01');
    const any = fc
      .record({
        code: fc.constantFrom('1', '2', '10'),
        flaggedCurrent: fc.boolean(),
        startsOn: fc.option(day),
        endsOn: fc.option(day),
        statusCode: fc.option(fc.constantFrom('x', 'y')),
      })
      .map(enrolment);
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (list, dice) => {
          const shuffled = list
            .map((item) => ({ item, at: dice.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item);
          expect(currentEnrolment(shuffled, TODAY)).toEqual(currentEnrolment(list, TODAY));
        },
      ),
    );
  });
});

describe('enrolmentsOf', () => {
  const periods = new Map([
    ['2026', { code: '2026', startsOn: '2026-09-01', endsOn: '2027-08-31' }],
  ]);

  it('leaves out enrolments of periods that are not read', () => {
    const rows = [
      { code: '1', periodCode: '2024' },
      { code: '2', periodCode: '2026' },
    ];
    expect(enrolmentsOf(rows, periods).map(({ code }) => code)).toEqual(['2']);
  });

  it("fills in the period's dates, unless the enrolment has its own", () => {
    const [given, own] = enrolmentsOf(
      [
        { code: '1', periodCode: '2026' },
        { code: '2', periodCode: '2026', startsOn: '2026-10-01', departsOn: '2027-01-15' },
      ],
      periods,
    );
    expect(given).toMatchObject({ startsOn: '2026-09-01', endsOn: '2027-08-31' });
    expect(own).toMatchObject({ startsOn: '2026-10-01', endsOn: '2027-01-15' });
  });
});
