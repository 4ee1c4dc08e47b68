import type { GroupKind, IsoDate } from '../entities.js';
import type { FieldValue, SourceRecord } from '../source-fields.js';
import type { StagedMembership, StagedPerson, StagedTutorship } from '../staged.js';
import type { NormaliseContext, RowOutcome } from './context.js';
import { currentEnrolment, type Enrolment, enrolmentsOf } from './enrolment.js';
import { contentHash } from './hash.js';
import { mergeMemberships, mergeTutorships } from './links.js';
import { cleanHandle, cleanText, codeOfRejected, isEmail, MAX_TEXT_LENGTH } from './text.js';

/** What a person is apart from who: place, codes of the profile, links. */
type Standing = Pick<
  StagedPerson,
  'siteCode' | 'statusCode' | 'cursusCode' | 'programCode' | 'programStepCode'
> & { memberships: StagedMembership[]; tutorships: StagedTutorship[] };

const NO_PROFILE = {
  statusCode: null,
  cursusCode: null,
  programCode: null,
  programStepCode: null,
} as const;

/** A learner with the memberships and the current enrolment of the periods read. */
export function normaliseStudent(
  record: SourceRecord,
  context: NormaliseContext,
): RowOutcome<StagedPerson> {
  const enrolments = enrolmentsOf(record.lists['enrolments'] ?? [], context.readPeriods);
  const current = currentEnrolment(enrolments, context.today);
  return normalisePerson(record, context, {
    siteCode: cleanText(current?.siteCode),
    statusCode: cleanText(current?.statusCode),
    cursusCode: cleanText(current?.cursusCode),
    programCode: cleanText(current?.programCode),
    programStepCode: cleanText(current?.stepCode),
    memberships: mergeMemberships(enrolments.flatMap(membershipOf)),
    tutorships: [],
  });
}

function membershipOf(enrolment: Enrolment): StagedMembership[] {
  const groupCode = cleanText(enrolment.groupCode);
  if (groupCode === null) return [];
  return [
    {
      groupKind: kindOf(enrolment.continuing),
      groupCode,
      role: 'student',
      startsOn: enrolment.startsOn,
      endsOn: enrolment.endsOn,
    },
  ];
}

/** A teacher with the groups taught in the periods read. */
export function normaliseTeacher(
  record: SourceRecord,
  context: NormaliseContext,
): RowOutcome<StagedPerson> {
  const memberships = (record.lists['assignments'] ?? []).flatMap((row): StagedMembership[] => {
    const groupCode = cleanText(row['groupCode']);
    const periodCode = cleanText(row['periodCode']);
    const period = periodCode === null ? null : context.readPeriods.get(periodCode);
    if (groupCode === null || period === undefined) return [];
    return [
      {
        groupKind: kindOf(row['continuing'] === true),
        groupCode,
        role: 'teacher',
        startsOn: dateOf(row['startsOn']) ?? period?.startsOn ?? null,
        endsOn: dateOf(row['endsOn']) ?? period?.endsOn ?? null,
      },
    ];
  });
  return normalisePerson(record, context, {
    ...NO_PROFILE,
    siteCode: cleanText(record.fields['siteCode']),
    memberships: mergeMemberships(memberships),
    tutorships: [],
  });
}

/** A company tutor with the learners in charge. A contract without a company is an interim one. */
export function normaliseTutor(
  record: SourceRecord,
  context: NormaliseContext,
): RowOutcome<StagedPerson> {
  const tutorships = (record.lists['contracts'] ?? []).flatMap((row): StagedTutorship[] => {
    const studentCode = cleanText(row['studentCode']);
    if (studentCode === null) return [];
    const companyCode = cleanText(row['companyCode']) ?? '';
    return [
      {
        studentCode,
        companyCode,
        company: companyCode === '' ? '' : companyName(row['companyName'], record),
        startsOn: dateOf(row['startsOn']),
        endsOn: dateOf(row['terminatedOn']) ?? dateOf(row['endsOn']),
      },
    ];
  });
  return normalisePerson(record, context, {
    ...NO_PROFILE,
    siteCode: cleanText(record.fields['siteCode']),
    memberships: [],
    tutorships: mergeTutorships(tutorships),
  });
}

function companyName(onContract: FieldValue | undefined, record: SourceRecord): string {
  return cleanText(onContract) ?? cleanText(record.fields['companyName']) ?? '';
}

function normalisePerson(
  record: SourceRecord,
  context: NormaliseContext,
  standing: Standing,
): RowOutcome<StagedPerson> {
  const { fields } = record;
  const person: StagedPerson = {
    code: cleanText(fields['code']) ?? '',
    login: cleanHandle(fields['login']),
    lastName: cleanText(fields['lastName']) ?? '',
    firstName: cleanText(fields['firstName']) ?? '',
    email: cleanHandle(fields['email']),
    birthDate: dateOf(fields['birthDate']),
    siteCode: standing.siteCode,
    usertypeCode: cleanText(fields['typeCode']),
    statusCode: standing.statusCode,
    cursusCode: standing.cursusCode,
    programCode: standing.programCode,
    programStepCode: standing.programStepCode,
    sourceModifiedAt: cleanText(fields['modifiedAt']),
    memberships: standing.memberships,
    tutorships: standing.tutorships,
    hash: '',
  };
  const fault = faultOf(person, context.today);
  if (fault !== null) return { ok: false, code: codeOfRejected(person.code), ...fault };
  person.hash = hashOf(person);
  return { ok: true, row: person };
}

/** All that a person's record says; a date of change alone is no change. */
function hashOf(person: StagedPerson): string {
  return contentHash([
    person.code,
    person.login,
    person.lastName,
    person.firstName,
    person.email,
    person.birthDate,
    person.siteCode,
    person.usertypeCode,
    person.statusCode,
    person.cursusCode,
    person.programCode,
    person.programStepCode,
    person.memberships,
    person.tutorships,
  ]);
}

interface Fault {
  reason: string;
  path: string;
  message: string;
}

function faultOf(person: StagedPerson, today: IsoDate): Fault | null {
  for (const path of ['code', 'lastName', 'firstName'] as const) {
    if (person[path] === '') {
      return {
        reason: 'missing_field',
        path,
        message: `${path} is empty; fill it in in NetYParéo.`,
      };
    }
  }
  const tooLong = findTooLong(person);
  if (tooLong !== null) return tooLong;
  if (person.email !== null && !isEmail(person.email)) {
    const message =
      'The e-mail address is not one that mail can be sent to; correct it in NetYParéo.';
    return { reason: 'bad_email', path: 'email', message };
  }
  if (person.birthDate !== null && (person.birthDate < '1900-01-01' || person.birthDate > today)) {
    const message = 'The birth date lies before 1900 or in the future; correct it in NetYParéo.';
    return { reason: 'bad_date', path: 'birthDate', message };
  }
  return null;
}

const TEXTS = [
  ...['code', 'login', 'lastName', 'firstName', 'email', 'siteCode', 'usertypeCode'],
  ...['statusCode', 'cursusCode', 'programCode', 'programStepCode'],
] as readonly (keyof StagedPerson)[];

/**
 * No text may be longer than an index of the registry holds: one would be
 * refused only when the run is applied, and everybody else with it.
 */
function findTooLong(person: StagedPerson): Fault | null {
  for (const path of TEXTS) {
    const fault = faultOfLength(path, person[path]);
    if (fault !== null) return fault;
  }
  for (const { groupCode } of person.memberships) {
    const fault = faultOfLength('memberships.groupCode', groupCode);
    if (fault !== null) return fault;
  }
  for (const { studentCode, companyCode, company } of person.tutorships) {
    const fault =
      faultOfLength('tutorships.studentCode', studentCode) ??
      faultOfLength('tutorships.companyCode', companyCode) ??
      faultOfLength('tutorships.company', company);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOfLength(path: string, text: unknown): Fault | null {
  if (typeof text !== 'string' || text.length <= MAX_TEXT_LENGTH) return null;
  const message = `${path} has ${text.length} characters; at most ${MAX_TEXT_LENGTH} are kept.`;
  return { reason: 'too_long', path, message };
}

function dateOf(value: unknown): IsoDate | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function kindOf(continuing: boolean): GroupKind {
  return continuing ? 'continuing' : 'initial';
}
