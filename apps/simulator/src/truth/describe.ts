import type { IsoDate } from '@passerelle/roster';
import type { Centre, Label, Learner, Person } from '../model.js';
import { type Day, describeLearner, describePerson, describeTeacher } from './people.js';
import { tutorshipLinks } from './tutorships.js';
import type { CentreTruth } from './types.js';
import { groupsKnown, periodsRead } from './windows.js';

/**
 * The truth on a day (the shape's `today` unless told): independent of the sync's own
 * code, by the same documented rules.
 */
export function describeCentre(centre: Centre, today: IsoDate = centre.shape.today): CentreTruth {
  const periods = periodsRead(centre, today);
  const isRead = ({ enrolments }: Learner): boolean =>
    enrolments.some(({ periodCode }) => periods.has(periodCode));
  const everyone = [...centre.learners];
  const isUnreadable = ({ code }: Learner): boolean =>
    centre.shape.badByte.some((bad) => bad.code === code);
  const arriving = everyone.filter((learner) => learner.present && isRead(learner));
  const readable = arriving.filter((learner) => !isUnreadable(learner));
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
    left: goneFrom(
      centre,
      everyone.filter((learner) => isRead(learner) && !isUnreadable(learner)),
    ),
    rejected: readable.length - learners.length,
    unreadable: arriving.filter(isUnreadable).map(({ code }) => `student:${code}`),
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
