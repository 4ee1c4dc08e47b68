import type { FieldValue, Reading, SourceRecord } from '@passerelle/roster';
import type { ReadRecord } from '@passerelle/sync';
import fc from 'fast-check';

/** The day for which generated centres are read: both of {@link READ_PERIODS} are. */
export const TODAY = '2026-10-01';
const ENDED_PERIOD = '2025';
const READ_PERIODS = ['2026', '2026b'];

/** A record, or one that cannot be taken, and in which lists the source shows it. */
export interface PlacedRecord {
  record: SourceRecord | { bad: string | null };
  sites: readonly string[];
  periods: readonly string[];
}

/** What a source has, list by list. */
export type GeneratedCentre = Readonly<Partial<Record<Reading, readonly PlacedRecord[]>>>;

/** What may be among the records. */
export interface Oddities {
  /** Records that are set aside. */
  bad: boolean;
  /** One code in several records, which may differ. */
  repeated: boolean;
}

/**
 * Small centres of few codes, so that two of them have much in common: sites,
 * groups, learners, teachers and tutors, who share codes across their kinds; links to
 * what is unknown, that overlap, that have ended; names and labels that differ.
 */
export function generatedCentre(oddities: Oddities): fc.Arbitrary<GeneratedCentre> {
  const people = (kind: fc.Arbitrary<PlacedRecord>) => listOf(kind, oddities);
  return fc.record<GeneratedCentre>({
    'definitions.period': fc.constant(PERIODS),
    'definitions.usertype': labels('F', 'E'),
    'definitions.status': labels('1', '2'),
    'definitions.cursus': labels('B1', 'B2'),
    sites: fc.tuple(site('1'), fc.option(site('2'))).map(present),
    groups: fc.array(group, { maxLength: 5 }),
    pdgroups: fc.array(group, { maxLength: 3 }),
    students: people(learner),
    teachers: people(teacher),
    tutors: people(tutor),
  });
}

/** The records as a source hands them over. */
export function toReadRecords(placed: readonly PlacedRecord[]): ReadRecord[] {
  return placed.map(({ record }, index) => {
    const ordinal = index + 1;
    if (!('bad' in record)) return { ok: true, ordinal, record };
    const problem = { reason: 'bad_date', path: 'dateNaissance', message: 'Not a date.' };
    return { ok: false, ordinal, code: record.bad, problem };
  });
}

const anyOf = <Item>(...items: Item[]) => fc.constantFrom(...items);
const present = (records: (PlacedRecord | null)[]) => records.filter((record) => record !== null);

function listOf(
  kind: fc.Arbitrary<PlacedRecord>,
  { bad, repeated }: Oddities,
): fc.Arbitrary<readonly PlacedRecord[]> {
  // Records cost little, runs much: a centre holds many cases at once.
  const many = repeated
    ? fc.array(kind, { minLength: 8, maxLength: 20 })
    : fc.uniqueArray(kind, {
        minLength: 4,
        maxLength: 8,
        selector: ({ record }) => codeOf(record),
      });
  const good = fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 9, arbitrary: many });
  if (!bad) return good;
  return fc
    .tuple(good, fc.array(badRecord, { maxLength: 2 }))
    .map(([some, odd]) => [...some, ...odd]);
}

const codeOf = (record: PlacedRecord['record']) =>
  'bad' in record ? record.bad : (record.fields['code'] ?? null);

const everywhere = { sites: ['1', '2'], periods: READ_PERIODS };
const places = {
  sites: fc.subarray(['1', '2'], { minLength: 1 }),
  periods: fc.subarray(READ_PERIODS, { minLength: 1 }),
};

const badRecord = fc.record({
  record: fc.record({ bad: anyOf('1', '2', '9', null) }),
  ...places,
});

function plain(fields: Record<string, FieldValue>): PlacedRecord {
  return { record: { fields, lists: {} }, ...everywhere };
}

/** Fixed, for without periods nothing else is read. */
const PERIODS = [
  plain({ code: ENDED_PERIOD, label: '2025', startsOn: '2025-09-01', endsOn: '2026-08-31' }),
  plain({ code: '2026', label: '2026', startsOn: '2026-09-01', endsOn: '2027-08-31' }),
  plain({ code: '2026b', label: 'Hiver', startsOn: '2026-11-15', endsOn: '2027-03-31' }),
];

/** Always the same codes: a label that is gone at the source is kept for those who still have its code. */
function labels(...codes: string[]): fc.Arbitrary<PlacedRecord[]> {
  const one = (code: string) =>
    anyOf('', ' (nouveau)').map((more) => plain({ code, label: `Libellé ${code}${more}` }));
  return fc.tuple(...codes.map(one));
}

const site = (code: string) => anyOf('Gap', 'Digne').map((name) => plain({ code, name }));

const group = fc
  .record({
    code: anyOf('G1', 'G2', 'G3', 'G4'),
    name: anyOf('BTS 1', 'CAP 2'),
    periodCode: anyOf(ENDED_PERIOD, ...READ_PERIODS),
    siteCode: anyOf('1', '2', '3', '9', null),
    startsOn: anyOf('2026-09-10', null),
  })
  .map(plain);

/** Days before, on, around and after that of the runs. */
const day = anyOf(null, '2026-01-01', '2026-09-15', TODAY, '2026-12-24', '2027-02-01');

const identity = {
  code: anyOf('1', '2', '3', '4', '5', '6', '7', '8'),
  login: anyOf('z.durand', 'l.petit', null),
  lastName: anyOf('Durand', 'Petit'),
  firstName: anyOf('Zoé', 'Léa'),
  email: anyOf('zoe@cfa.example', null),
  // The first comes of age on the day, the second on the day after.
  birthDate: anyOf('2008-10-01', '2008-10-02', null),
  typeCode: anyOf('F', 'E', 'X', null),
  modifiedAt: anyOf('2026-09-01', '2026-09-02', null),
};

/** A person with a list of what they are in. */
function person(
  fields: fc.Arbitrary<Record<string, FieldValue>>,
  list: string,
  rows: fc.Arbitrary<Record<string, FieldValue>>,
): fc.Arbitrary<PlacedRecord> {
  return fc.record({
    record: fc.record({ fields, lists: fc.record({ [list]: fc.array(rows, { maxLength: 3 }) }) }),
    ...places,
  });
}

const groupCode = anyOf('G1', 'G2', 'G3', 'G4', 'G9');

const learner = person(
  fc.record(identity),
  'enrolments',
  fc.record({
    ...{ code: anyOf('1', '2', '3'), current: fc.boolean(), continuing: fc.boolean() },
    periodCode: anyOf(ENDED_PERIOD, ...READ_PERIODS, null),
    ...{ siteCode: anyOf('1', '2', '3', null), groupCode: fc.option(groupCode) },
    ...{ statusCode: anyOf('1', '2', '9'), cursusCode: anyOf('B1', 'B2', null) },
    ...{ startsOn: day, departsOn: day },
  }),
);

const teacher = person(
  fc.record({ ...identity, siteCode: anyOf('1', '2', null) }),
  'assignments',
  fc.record({
    ...{ groupCode, continuing: fc.boolean(), startsOn: day, endsOn: day },
    periodCode: anyOf(ENDED_PERIOD, ...READ_PERIODS, null),
  }),
);

const tutor = person(
  fc.record({ ...identity, companyName: anyOf('Café & Fils', null) }),
  'contracts',
  fc.record({
    studentCode: anyOf('1', '2', '3', '4', '5', '6', '7', '99'),
    ...{ companyCode: anyOf('C1', 'C2', null), companyName: anyOf('Boulangerie', null) },
    ...{ startsOn: day, endsOn: day, terminatedOn: fc.option(day.filter((it) => it !== null)) },
  }),
);
