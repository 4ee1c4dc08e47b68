import type { UserKind } from '@passerelle/roster';
import { addDays } from '../dates.js';
import type { Centre, Contract, Learner, Person } from '../model.js';
import { createRng, pickAt, type Rng } from '../random.js';
import type { CentreShape } from '../shape.js';
import { canaryMark, emailOf, surname } from './identity.js';
import { enrol, statusCode } from './enrolments.js';
import type { Roll } from './roll.js';
import type { Structure } from './structure.js';
import { createTeacher } from './teachers.js';
import { createTutor, giveTutor } from './tutors.js';

/** Shares of a kind's people, per day. */
const LEAVING = 0.005;
const ARRIVING = 0.005;
const CHANGING = 0.01;
/** Share of those gone that return, per day. */
const RETURNING = 0.05;

const STREAM: Readonly<Record<UserKind, number>> = { student: 31, teacher: 32, tutor: 33 };
const FIRST_MOVE_CODE = 500_000_000;

/** What happens to one person on one day. */
interface Effects<P extends Person> {
  leave(person: P): void;
  comeBack(person: P): void;
  change(person: P, index: number, rng: Rng): void;
}

const nothing = (): void => undefined;

/**
 * Lets a centre live through the days its shape names. Day n is day n − 1 and one
 * step more; events are dated to the origin, so that a step never rewrites an earlier one.
 */
export function passDays(centre: Centre, structure: Structure): void {
  const contracts = createContractBook(centre);
  for (let day = 1; day <= centre.shape.day; day += 1) {
    comeAndGo(centre.shape, 'student', centre.learners, day, {
      leave: (learner) => contracts.terminate(learner.code),
      comeBack: (learner) => contracts.restore(learner.code),
      change: (learner, index, rng) => changeLearner(centre, structure, learner, index, day, rng),
    });
    for (const kind of ['teacher', 'tutor'] as const) {
      const people: readonly Person[] = kind === 'teacher' ? centre.teachers : centre.tutors;
      comeAndGo(centre.shape, kind, rollOf(people), day, {
        leave: nothing,
        comeBack: nothing,
        change: (person, index, rng) => changePerson(centre.shape, kind, person, index, rng),
      });
    }
    welcomeNewcomers(centre, structure, contracts);
  }
}

/** As much of a roll as a day needs; a list can stand in for it. */
type Changeable<P> = Pick<Roll<P>, 'length' | 'held' | 'hold'>;

const rollOf = <P>(people: readonly P[]): Changeable<P> => ({
  length: people.length,
  held: (index) => people[index],
  hold: (index) => pickAt(people, index),
});

function comeAndGo<P extends Person>(
  shape: CentreShape,
  kind: UserKind,
  people: Changeable<P>,
  day: number,
  effects: Effects<P>,
): void {
  for (let index = 0; index < people.length; index += 1) {
    const rng = createRng(shape.seed, STREAM[kind], day, index);
    const dice = rng.next();
    if (people.held(index)?.present === false) {
      if (dice < RETURNING) {
        const person = people.hold(index);
        person.present = true;
        effects.comeBack(person);
      }
    } else if (dice < LEAVING) {
      const person = people.hold(index);
      person.present = false;
      effects.leave(person);
    } else if (dice < LEAVING + CHANGING) {
      const person = people.hold(index);
      person.modifiedOn = shape.origin;
      effects.change(person, index, rng);
    }
  }
}

function changeLearner(
  centre: Centre,
  structure: Structure,
  learner: Learner,
  index: number,
  day: number,
  rng: Rng,
): void {
  const enrolment = learner.enrolments.find(
    ({ periodCode, continuing }) => periodCode === structure.current.code && !continuing,
  );
  const dice = rng.next();
  if (enrolment === undefined || dice < 0.5) {
    changePerson(centre.shape, 'student', learner, index, rng);
  } else if (dice < 0.75) {
    enrolment.statusCode = statusCode(rng);
  } else {
    const { origin } = centre.shape;
    const code = FIRST_MOVE_CODE + index * 512 + (day % 512);
    const group = rng.pick(structure.initial);
    const { current } = structure;
    enrolment.departsOn = addDays(origin, -1);
    learner.enrolments.push({
      ...enrol(index, 0, group, current, enrolment.statusCode),
      code,
      current: true,
      startsOn: origin,
    });
  }
}

function changePerson(
  shape: CentreShape,
  kind: UserKind,
  person: Person,
  index: number,
  rng: Rng,
): void {
  if (rng.chance(0.5)) {
    person.lastName = surname(rng) + canaryMark(shape, kind, index);
  } else {
    person.email = rng.chance(0.1)
      ? null
      : emailOf(person.firstName, person.lastName, person.code, rng);
  }
}

function welcomeNewcomers(centre: Centre, structure: Structure, contracts: ContractBook): void {
  const { shape } = centre;
  for (let count = arrivals(shape.learners); count > 0; count -= 1) {
    centre.learners.grow();
    contracts.add(giveTutor(shape, structure, centre.tutors, centre.learners.length - 1));
  }
  for (let count = arrivals(shape.teachers); count > 0; count -= 1) {
    centre.teachers.push(createTeacher(shape, structure, centre.teachers.length));
  }
  for (let count = arrivals(shape.tutors); count > 0; count -= 1) {
    const index = centre.tutors.length;
    const { code } = pickAt(centre.sites, index);
    centre.tutors.push(createTutor(shape, centre.teachers, index, code));
  }
}

const arrivals = (count: number): number =>
  count === 0 ? 0 : Math.max(1, Math.round(count * ARRIVING));

/** Contracts by learner: they end when the learner leaves and go on when they return. */
interface ContractBook {
  add(contracts: readonly Contract[]): void;
  terminate(learnerCode: number): void;
  restore(learnerCode: number): void;
}

function createContractBook(centre: Centre): ContractBook {
  const byLearner = new Map<number, Contract[]>();
  const originalEnds = new Map<Contract, string | null>();
  const add = (contracts: readonly Contract[]): void => {
    for (const contract of contracts) {
      byLearner.set(contract.learnerCode, [
        ...(byLearner.get(contract.learnerCode) ?? []),
        contract,
      ]);
    }
  };
  if (centre.shape.day > 0) {
    centre.tutors.forEach((tutor) => add(tutor.contracts));
  }
  return {
    add,
    terminate(learnerCode) {
      for (const contract of byLearner.get(learnerCode) ?? []) {
        originalEnds.set(contract, contract.terminatedOn);
        contract.terminatedOn ??= addDays(centre.shape.origin, -1);
      }
    },
    restore(learnerCode) {
      for (const contract of byLearner.get(learnerCode) ?? []) {
        contract.terminatedOn = originalEnds.get(contract) ?? null;
      }
    },
  };
}
