import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValue, SourceRecord } from '../source-fields.js';
import type { StagedPerson } from '../staged.js';
import { normaliseBatch } from './normalise-batch.js';

const context = {
  today: '2026-11-22',
  readPeriods: new Map([['2026', { code: '2026', startsOn: '2026-09-01', endsOn: '2027-08-31' }]]),
};

const LONG = 'x'.repeat(256);

function learner(
  fields: Record<string, FieldValue> = {},
  enrolments: Record<string, FieldValue>[] = [],
): SourceRecord {
  return {
    fields: { code: '12', lastName: "d'Ornano", firstName: 'Zoé', ...fields },
    lists: { enrolments },
  };
}

function normaliseOne(record: SourceRecord): StagedPerson {
  const { batch, rejections } = normaliseBatch('students', [{ ordinal: 1, record }], context);
  expect(rejections).toEqual([]);
  return batch.rows[0] as StagedPerson;
}

function rejectionOf(record: SourceRecord) {
  return normaliseBatch('students', [{ ordinal: 7, record }], context).rejections[0];
}

describe('a learner', () => {
  it('keeps accents, particles and apostrophes, and loses stray space and control characters', () => {
    const person = normaliseOne(
      learner({ lastName: ' de  la\u0007 Tour\u00a0d’Auvergne ', firstName: 'Zoe\u0301\n' }),
    );
    expect(person).toMatchObject({ lastName: 'de la Tour d’Auvergne', firstName: 'Zoé' });
  });

  it('has login and e-mail trimmed and in lower case, empty ones as null', () => {
    const person = normaliseOne(learner({ login: ' Z.Ornano ', email: 'Zoe@CFA.example ' }));
    expect(person).toMatchObject({ login: 'z.ornano', email: 'zoe@cfa.example' });
    expect(normaliseOne(learner({ login: '', email: '  ' }))).toMatchObject({
      login: null,
      email: null,
    });
  });

  it('is a member of each group once, with the widest dates', () => {
    const { memberships } = normaliseOne(
      learner({}, [
        { periodCode: '2026', groupCode: 'G2', startsOn: '2026-10-01' },
        { periodCode: '2026', groupCode: 'G2', departsOn: '2027-02-01' },
        { periodCode: '2026', groupCode: 'G1', continuing: true },
        { periodCode: '2026', groupCode: null },
      ]),
    );
    const dates = { startsOn: '2026-09-01', endsOn: '2027-08-31' };
    expect(memberships).toEqual([
      { groupKind: 'continuing', groupCode: 'G1', role: 'student', ...dates },
      { groupKind: 'initial', groupCode: 'G2', role: 'student', ...dates },
    ]);
  });

  it('takes site and profile from the current enrolment', () => {
    const person = normaliseOne(
      learner({}, [
        { code: '1', periodCode: '2026', siteCode: 'S1', statusCode: '5' },
        { code: '2', periodCode: '2026', siteCode: 'S2', statusCode: '6', current: true },
      ]),
    );
    expect(person).toMatchObject({ siteCode: 'S2', statusCode: '6' });
  });

  it('has the same hash whatever the order of the enrolments, and another when one differs', () => {
    const rows = [
      { code: '1', periodCode: '2026', groupCode: 'A', current: true },
      { code: '2', periodCode: '2026', groupCode: 'B' },
    ];
    const { hash } = normaliseOne(learner({}, rows));
    expect(normaliseOne(learner({}, rows.toReversed())).hash).toBe(hash);
    expect(normaliseOne(learner({}, rows.slice(1))).hash).not.toBe(hash);
  });

  it('has no other hash only because the source touched its date of change', () => {
    const { hash } = normaliseOne(learner({ modifiedAt: '2026-01-01' }));
    expect(normaliseOne(learner({ modifiedAt: '2026-06-01' })).hash).toBe(hash);
  });
});

describe('a bad record', () => {
  it.each([
    ['lastName', { lastName: ' ' }, 'missing_field'],
    ['firstName', { firstName: null }, 'missing_field'],
    ['email', { email: 'zoe at cfa' }, 'bad_email'],
    ['email', { email: 'zoe@cfa' }, 'bad_email'],
    ['birthDate', { birthDate: '1899-12-31' }, 'bad_date'],
    ['birthDate', { birthDate: '2026-11-23' }, 'bad_date'],
    ['login', { login: 'x'.repeat(256) }, 'too_long'],
  ])('is set aside for its %s, without the value', (path, fields, reason) => {
    const rejection = rejectionOf(learner(fields));
    expect(rejection).toMatchObject({ ordinal: 7, code: '12', reason, path });
    for (const value of Object.values(fields)) {
      if (typeof value === 'string' && value.trim()) {
        expect(rejection?.message).not.toContain(value);
      }
    }
  });

  it.each([
    ['siteCode', { siteCode: LONG }],
    ['programCode', { programCode: LONG }],
    ['memberships.groupCode', { groupCode: LONG }],
  ])('is set aside for a %s that no index could hold', (path, said) => {
    const enrolment = { periodCode: '2026', current: true, ...said };
    expect(rejectionOf(learner({}, [enrolment]))).toMatchObject({ reason: 'too_long', path });
  });

  it('is set aside under a code of bounded length', () => {
    expect(rejectionOf(learner({ code: LONG }))?.code).toHaveLength(255);
  });

  it('harms no other record', () => {
    const records = [
      learner({ code: '1' }),
      learner({ code: '2', email: 'no' }),
      learner({ code: '3' }),
    ];
    const { batch, rejections } = normaliseBatch(
      'students',
      records.map((record, index) => ({ ordinal: index + 1, record })),
      context,
    );
    expect(batch.rows.map((row) => row.code)).toEqual(['1', '3']);
    expect(rejections.map(({ ordinal }) => ordinal)).toEqual([2]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, handle) => {
        normaliseBatch(
          'students',
          [{ ordinal: 1, record: learner({ lastName: name, login: handle, email: handle }) }],
          context,
        );
      }),
    );
  });
});

describe('teachers, tutors, groups and definitions', () => {
  it('gives a teacher the groups of the periods read', () => {
    const record = {
      fields: { code: 'T', lastName: 'Le Goff', firstName: 'Yann', siteCode: 'S1' },
      lists: {
        assignments: [
          { groupCode: 'G1', periodCode: '2026' },
          { groupCode: 'G0', periodCode: '2020' },
        ],
      },
    };
    const { batch } = normaliseBatch('teachers', [{ ordinal: 1, record }], context);
    expect(batch.rows).toMatchObject([{ memberships: [{ groupCode: 'G1', role: 'teacher' }] }]);
  });

  it('ends a tutorship when the contract was broken off, and has no company in between', () => {
    const record = {
      fields: { code: '7', lastName: 'Martin', firstName: 'Léa', companyName: 'Bât & Fils' },
      lists: {
        contracts: [
          { studentCode: '1', companyCode: '9', endsOn: '2027-08-31', terminatedOn: '2026-10-01' },
          { studentCode: '2', companyCode: '', companyName: 'x', endsOn: '2027-08-31' },
        ],
      },
    };
    const { batch } = normaliseBatch('tutors', [{ ordinal: 1, record }], context);
    expect(batch.rows).toMatchObject([
      {
        tutorships: [
          { studentCode: '1', company: 'Bât & Fils', endsOn: '2026-10-01' },
          { studentCode: '2', companyCode: '', company: '' },
        ],
      },
    ]);
  });

  it('keeps the kind of a group and the domain of a definition', () => {
    const record = { fields: { code: 'G', name: 'BTS', label: 'BTS' }, lists: {} };
    const of = (reading: 'groups' | 'pdgroups' | 'definitions.cursus') =>
      normaliseBatch(reading, [{ ordinal: 1, record }], context).batch.rows[0];
    expect(of('groups')).toMatchObject({ kind: 'initial' });
    expect(of('pdgroups')).toMatchObject({ kind: 'continuing' });
    expect(of('definitions.cursus')).toMatchObject({ domain: 'cursus', label: 'BTS' });
  });
});
