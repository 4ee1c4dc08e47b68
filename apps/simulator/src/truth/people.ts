import type { IsoDate, UserKind } from '@passerelle/roster';
import { eighteenthBirthday } from '../dates.js';
import type { Group, Learner, Period, Person, Teacher } from '../model.js';
import { currentEnrolment } from './current-enrolment.js';
import type { Links } from './tutorships.js';
import type { MembershipTruth, UserTruth } from './types.js';
import { covers, type Span, spanOf, widest } from './windows.js';

/** Everything the rules need on one day. */
export interface Day {
  today: IsoDate;
  periods: ReadonlyMap<string, Period>;
  groups: ReadonlyMap<number, Group>;
  labels: Readonly<
    Record<'userTypes' | 'statuses' | 'cursus' | 'programs' | 'steps', ReadonlyMap<number, string>>
  >;
  links: Links;
}

const DEFAULT_USERTYPE: Readonly<Record<UserKind, string>> = {
  student: 'Apprenant',
  teacher: 'Enseignant',
  tutor: 'Tuteur en entreprise',
};

/** Any person: what does not depend on enrolments. */
export function describePerson(kind: UserKind, person: Person, day: Day): UserTruth {
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

/** A learner, with the profile of the current enrolment. */
export function describeLearner(learner: Learner, day: Day): UserTruth {
  const base = describePerson('student', learner, day);
  const current = currentEnrolment(learner.enrolments, day.periods, day.today);
  const label = (table: keyof Day['labels'], code: number | null = null): string =>
    (code === null ? undefined : day.labels[table].get(code)) ?? '';
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

/** A teacher, with the groups taught. */
export function describeTeacher(teacher: Teacher, day: Day): UserTruth {
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
