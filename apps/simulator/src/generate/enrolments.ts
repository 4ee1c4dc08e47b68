import { addDays, daysBetween, earliest } from '../dates.js';
import type { Enrolment, Group, Period } from '../model.js';
import { pickAt, type Rng } from '../random.js';
import type { CentreShape } from '../shape.js';
import { cursusCodeOf, DEFINITIONS, stepCodeOf } from './definitions.js';
import type { Structure } from './structure.js';

const APPRENTICE = 10;
const TRAINEE_STATUS = 16;

const programsByCode = new Map(DEFINITIONS.programs.map((program) => [program.code, program]));

/** A learner's enrolments: this year's and what else there is, in no particular order. */
export function createEnrolments(
  shape: CentreShape,
  structure: Structure,
  index: number,
  rng: Rng,
): Enrolment[] {
  if (shape.enrolments !== null) {
    const past = Array.from({ length: shape.enrolments - 1 }, (_, number) =>
      pastEnrolment(structure, index, number + 1, rng),
    );
    return [...past, mainEnrolment(shape, structure, index, rng, true)];
  }
  const traineeOnly = structure.continuing.length > 0 && rng.chance(0.04);
  const enrolments = traineeOnly
    ? [courseEnrolment(structure, index, 0, rng)]
    : [
        mainEnrolment(shape, structure, index, rng, false),
        ...extraEnrolments(structure, index, rng),
      ];
  // The order says nothing: the first is not always the current one.
  return rng.chance(0.5) ? enrolments.reverse() : enrolments;
}

/** What some have besides: last year, next year, a short course, a return to the same group. */
function extraEnrolments(structure: Structure, index: number, rng: Rng): Enrolment[] {
  const extras: Enrolment[] = [];
  if (rng.chance(0.45)) {
    extras.push(pastEnrolment(structure, index, 1, rng));
  }
  if (rng.chance(0.12)) {
    extras.push(nextEnrolment(structure, index, rng));
  }
  if (structure.continuing.length > 0 && rng.chance(0.08)) {
    extras.push(courseEnrolment(structure, index, 3, rng));
  }
  if (rng.chance(0.02)) {
    const group = pickAt(structure.initial, index);
    const { startsOn } = structure.current;
    extras.push({
      ...enrol(index, 4, group, structure.current, APPRENTICE),
      startsOn,
      departsOn: addDays(startsOn, rng.between(5, 20)),
    });
  }
  return extras;
}

function mainEnrolment(
  shape: CentreShape,
  structure: Structure,
  index: number,
  rng: Rng,
  plain: boolean,
): Enrolment {
  const period = structure.current;
  const enrolment = {
    ...enrol(index, 0, pickAt(structure.initial, index), period, statusCode(rng)),
    current: true,
    startsOn: rng.chance(0.1) ? null : addDays(period.startsOn, rng.int(4)),
  };
  const dice = rng.next();
  if (plain || dice > 0.34) {
    return enrolment;
  }
  if (dice < 0.04) {
    return { ...enrolment, ...departure(shape, period, rng) };
  }
  if (dice < 0.07) {
    const soon = addDays(shape.origin, rng.between(5, 60));
    return { ...enrolment, startsOn: earliest(soon, period.endsOn), current: false };
  }
  return dice < 0.12
    ? { ...enrolment, current: false }
    : { ...enrolment, departsOn: period.endsOn };
}

/** Left earlier this year; sometimes still flagged as current. */
function departure(shape: CentreShape, period: Period, rng: Rng): Partial<Enrolment> {
  const elapsed = Math.max(1, daysBetween(period.startsOn, shape.origin));
  return {
    startsOn: period.startsOn,
    departsOn: addDays(period.startsOn, rng.int(elapsed)),
    current: rng.chance(0.3),
  };
}

/** Last year's. */
export function pastEnrolment(
  structure: Structure,
  index: number,
  number: number,
  rng: Rng,
): Enrolment {
  const period = structure.past;
  return {
    ...enrol(index, number, pickAt(structure.pastInitial, index + number), period, statusCode(rng)),
    startsOn: addDays(period.startsOn, rng.int(5)),
    departsOn: rng.chance(0.5) ? period.endsOn : null,
  };
}

/** Already enrolled for the coming year, in a group not yet chosen. */
function nextEnrolment(structure: Structure, index: number, rng: Rng): Enrolment {
  const group = pickAt(structure.initial, index);
  return {
    ...enrol(index, 2, group, structure.next, statusCode(rng)),
    groupCode: null,
    startsOn: rng.chance(0.5) ? structure.next.startsOn : null,
  };
}

function courseEnrolment(structure: Structure, index: number, number: number, rng: Rng): Enrolment {
  const group = rng.pick(structure.continuing);
  return {
    ...enrol(index, number, group, structure.current, TRAINEE_STATUS),
    current: rng.chance(0.6),
    startsOn: group.startsOn,
    departsOn: rng.chance(0.8) ? group.endsOn : null,
  };
}

/** An enrolment in a group, for the whole period. */
export function enrol(
  index: number,
  number: number,
  group: Group,
  period: Period,
  status: number,
): Enrolment {
  const program = programsByCode.get(group.programCode);
  if (program === undefined) {
    throw new Error(`Group ${group.code} has a programme that the centre does not know.`);
  }
  return {
    code: enrolmentCode(index, number),
    current: false,
    continuing: group.kind === 'continuing',
    periodCode: period.code,
    siteCode: group.siteCode,
    statusCode: status,
    stepCode: group.kind === 'continuing' ? null : stepCodeOf(program, group.yearNumber),
    cursusCode: cursusCodeOf(program, group.yearNumber),
    programCode: group.programCode,
    groupCode: group.code,
    startsOn: null,
    departsOn: null,
  };
}

const enrolmentCode = (index: number, number: number): number => 100_000 + index * 16 + number;

/** Mostly apprentices; every status of the table occurs. */
export function statusCode(rng: Rng): number {
  const dice = rng.next();
  return dice < 0.7 ? APPRENTICE : dice < 0.85 ? APPRENTICE + 1 : APPRENTICE + rng.between(2, 7);
}
