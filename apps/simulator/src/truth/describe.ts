import type { IsoDate, UserKind } from '@passerelle/roster';
import { eighteenthBirthday } from '../dates.js';
import type { Centre, Group, Label, Learner, Period, Person, Teacher } from '../model.js';
import { currentEnrolment } from './current-enrolment.js';
import { type Links, tutorshipLinks } from './tutorships.js';
import { covers, groupsKnown, periodsRead, type Span, spanOf, widest } from './windows.js';

/** The demo's summary: counts of what is active (architecture, "One run"). */
export interface RegistryTruth {
  sites: number;
  groups: { initial: number; continuing: number };
  users: { student: number; teacher: number; tutor: number };
  memberships: number;
  tutorships: number;
  definitions: number;
}

export interface MembershipTruth {
  group: string;
  role: 'student' | 'teacher';
  from: IsoDate | null;
  to: IsoDate | null;
  active: boolean;
}

/** A user as the architecture prints one, without `updatedAt`. */
export interface UserTruth {
  kind: UserKind;
  code: string;
  login: string | null;
  lastName: string;
  firstName: string;
  email: string | null;
  birthDate: IsoDate | null;
  status: 'active';
  profile: {
    netypareo_usertype: string;
    netypareo_ouverage: string;
    netypareo_status: string;
    netypareo_cursus: string;
    netypareo_program: string;
    netypareo_program_step: string;
  };
  memberships: MembershipTruth[];
  /** Active tutorships only. */
  tutors: string[];
  students: string[];
}

/** What a correct sync of the centre ends with. */
export interface CentreTruth {
  registry: RegistryTruth;
  /** Those present, by kind and code. */
  users: UserTruth[];
  /** Present on an earlier day and gone: `student:123`. */
  left: string[];
  /** Records that a sync must set aside. */
  rejected: number;
}

const DEFAULT_USERTYPE: Readonly<Record<UserKind, string>> = {
  student: 'Apprenant',
  teacher: 'Enseignant',
  tutor: 'Tuteur en entreprise',
};

/** Everything the rules need on one day. */
interface Day {
  today: IsoDate;
  periods: ReadonlyMap<string, Period>;
  groups: ReadonlyMap<number, Group>;
  labels: Readonly<
    Record<'userTypes' | 'statuses' | 'cursus' | 'programs' | 'steps', ReadonlyMap<number, string>>
  >;
  links: Links;
}

/**
 * The truth on a day (the shape's `today` unless told): independent of the sync's own
 * code, by the same documented rules.
 */
export function describeCentre(centre: Centre, today: IsoDate = centre.shape.today): CentreTruth {
  const periods = periodsRead(centre, today);
  const isRead = ({ enrolments }: Learner): boolean =>
    enrolments.some(({ periodCode }) => periods.has(periodCode));
  const everyone = [...centre.learners];
  const readable = everyone.filter((learner) => learner.present && isRead(learner));
  const learners = readable.filter(({ bad }) => !bad);
  const teachers = centre.teachers.filter(
    ({ present, assignments }) =>
      present &&
      (assignments.length === 0 || assignments.some(({ periodCode }) => periods.has(periodCode))),
  );
  const tutors = centre.tutors.filter(({ present }) => present);
  const day: Day = {
    today,
    periods,
    groups: groupsKnown(centre, periods),
    labels: labelsOf(centre),
    links: tutorshipLinks(learners, tutors, today),
  };
  const users = [
    ...sorted(learners).map((learner) => describeLearner(learner, day)),
    ...sorted(teachers).map((teacher) => describeTeacher(teacher, day)),
    ...sorted(tutors).map((tutor) => describePerson('tutor', tutor, day)),
  ];
  const groups = [...day.groups.values()];
  return {
    registry: {
      sites: centre.sites.length,
      groups: {
        initial: groups.filter(({ kind }) => kind === 'initial').length,
        continuing: groups.filter(({ kind }) => kind === 'continuing').length,
      },
      users: { student: learners.length, teacher: teachers.length, tutor: tutors.length },
      memberships: users.flatMap((user) => user.memberships).filter(({ active }) => active).length,
      tutorships: day.links.count,
      definitions: countDefinitions(centre),
    },
    users,
    left: goneFrom(centre, everyone.filter(isRead)),
    rejected: readable.length - learners.length,
  };
}

const sorted = <P extends Person>(people: readonly P[]): P[] =>
  people.toSorted((a, b) => a.code - b.code);

/** Keys of those whom a sync had read on an earlier day. */
function goneFrom(centre: Centre, learners: readonly Learner[]): string[] {
  const gone = {
    student: learners.filter(({ bad }) => !bad),
    teacher: centre.teachers,
    tutor: centre.tutors,
  };
  return (['student', 'teacher', 'tutor'] as const).flatMap((kind) =>
    sorted<Person>(gone[kind])
      .filter(({ present }) => !present)
      .map(({ code }) => `${kind}:${code}`),
  );
}

function labelsOf(centre: Centre): Day['labels'] {
  const byCode = (labels: readonly Label[]): ReadonlyMap<number, string> =>
    new Map(labels.map(({ code, name }) => [code, name]));
  const { userTypes, statuses, cursus, programs, steps } = centre.definitions;
  return {
    userTypes: byCode(userTypes),
    statuses: byCode(statuses),
    cursus: byCode(cursus),
    programs: byCode(programs),
    steps: byCode(steps),
  };
}

function countDefinitions(centre: Centre): number {
  const tables = Object.values(centre.definitions) as (readonly Label[])[];
  return tables.reduce((sum, table) => sum + table.length, centre.periods.length);
}

function describePerson(kind: UserKind, person: Person, day: Day): UserTruth {
  const label = person.typeCode === null ? undefined : day.labels.userTypes.get(person.typeCode);
  const key = `${kind}:${person.code}`;
  return {
    kind,
    code: String(person.code),
    login: normalise(person.login),
    lastName: person.lastName,
    firstName: person.firstName,
    email: normalise(person.email),
    birthDate: null,
    status: 'active',
    profile: {
      netypareo_usertype: label ?? DEFAULT_USERTYPE[kind],
      netypareo_ouverage: '',
      netypareo_status: '',
      netypareo_cursus: '',
      netypareo_program: '',
      netypareo_program_step: '',
    },
    memberships: [],
    tutors: day.links.tutorsOf.get(key) ?? [],
    students: day.links.studentsOf.get(key) ?? [],
  };
}

const normalise = (text: string | null): string | null => text?.trim().toLowerCase() || null;

function describeLearner(learner: Learner, day: Day): UserTruth {
  const base = describePerson('student', learner, day);
  const current = currentEnrolment(learner.enrolments, day.periods, day.today);
  const label = (table: keyof Day['labels'], code: number | null | undefined): string =>
    (code == null ? undefined : day.labels[table].get(code)) ?? '';
  return {
    ...base,
    birthDate: learner.birthDate,
    profile: {
      ...base.profile,
      netypareo_ouverage: majority(learner.birthDate, day.today),
      netypareo_status: label('statuses', current?.statusCode),
      netypareo_cursus: label('cursus', current?.cursusCode),
      netypareo_program: label('programs', current?.programCode),
      netypareo_program_step: label('steps', current?.stepCode),
    },
    memberships: memberships(
      'student',
      learner.enrolments.map(({ startsOn, departsOn, groupCode, periodCode }) => ({
        groupCode,
        periodCode,
        startsOn,
        departsOn,
      })),
      day,
    ),
  };
}

function describeTeacher(teacher: Teacher, day: Day): UserTruth {
  const places = teacher.assignments.map(({ groupCode, periodCode, startsOn, endsOn }) => ({
    groupCode,
    periodCode,
    startsOn,
    departsOn: endsOn,
  }));
  return {
    ...describePerson('teacher', teacher, day),
    memberships: memberships('teacher', places, day),
  };
}

/** `majeur` from the eighteenth birthday on; never guessed. */
function majority(birthDate: IsoDate | null, today: IsoDate): string {
  if (birthDate === null) {
    return '';
  }
  return eighteenthBirthday(birthDate) <= today ? 'majeur' : 'mineur';
}

interface Place {
  groupCode: number | null;
  periodCode: string;
  startsOn: IsoDate | null;
  departsOn: IsoDate | null;
}

/** One membership a group, as wide as all that is said of it. */
function memberships(
  role: MembershipTruth['role'],
  places: readonly Place[],
  day: Day,
): MembershipTruth[] {
  const spans = new Map<number, Span>();
  for (const place of places) {
    const period = day.periods.get(place.periodCode);
    if (period === undefined || place.groupCode === null || !day.groups.has(place.groupCode)) {
      continue;
    }
    const span = spanOf(place, period);
    const other = spans.get(place.groupCode);
    spans.set(place.groupCode, other === undefined ? span : widest(span, other));
  }
  return [...spans]
    .map(([group, span]) => ({
      group: String(group),
      role,
      ...span,
      active: covers(span, day.today),
    }))
    .toSorted((a, b) => (a.group < b.group ? -1 : 1));
}
