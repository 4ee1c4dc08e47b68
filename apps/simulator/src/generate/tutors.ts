import { addDays } from '../dates.js';
import type { Contract, Teacher, Tutor } from '../model.js';
import { createRng, hash32, pickAt, type Rng } from '../random.js';
import type { CentreShape } from '../shape.js';
import { codeOf, createIdentity } from './identity.js';
import type { Structure } from './structure.js';
import { SURNAMES, TRADES } from './vocabulary.js';

const WITH_CONTRACT = 0.88;

/** Makes the tutor at a position, without apprentices. A few are teachers of the centre too. */
export function createTutor(
  shape: CentreShape,
  teachers: readonly Teacher[],
  index: number,
  siteCode: number,
): Tutor {
  const rng = createRng(shape.seed, 23, index);
  const identity = createIdentity(shape, 'tutor', index, rng);
  const alsoTeacher = index % 150 === 0 && teachers.length > 0 ? pickAt(teachers, index * 7) : null;
  const shared = alsoTeacher === null ? {} : namesOf(alsoTeacher);
  return {
    ...identity,
    ...shared,
    // The service says nothing of a tutor's type.
    typeCode: null,
    modifiedOn: addDays(shape.origin, -rng.between(1, 900)),
    siteCode,
    companyCode: companyCodeAt(shape, rng.int(Math.max(1, shape.tutors))),
    contracts: [],
    present: true,
  };
}

const namesOf = ({ female, lastName, firstName, login, email }: Teacher): Partial<Tutor> => ({
  female,
  lastName,
  firstName,
  login,
  email,
});

/** Makes the tutors and gives each at least one apprentice, most learners a tutor. */
export function createTutors(
  shape: CentreShape,
  structure: Structure,
  teachers: readonly Teacher[],
): Tutor[] {
  const tutors = Array.from({ length: shape.tutors }, (_, index) =>
    createTutor(shape, teachers, index, pickAt(structure.initial, index).siteCode),
  );
  for (let index = 0; index < shape.learners + shape.formerLearners; index += 1) {
    giveTutor(shape, structure, tutors, index);
  }
  return tutors;
}

/** Signs a learner's contracts with one of the tutors, if there is to be any, and returns them. */
export function giveTutor(
  shape: CentreShape,
  structure: Structure,
  tutors: readonly Tutor[],
  index: number,
): Contract[] {
  const rng = createRng(shape.seed, 24, index);
  if (tutors.length === 0 || (index >= tutors.length && !rng.chance(WITH_CONTRACT))) {
    return [];
  }
  const tutor = index < tutors.length ? pickAt(tutors, index) : rng.pick(tutors);
  const contracts = contractsOf(shape, structure, tutor, index, rng);
  tutor.contracts.push(...contracts);
  return contracts;
}

function contractsOf(
  shape: CentreShape,
  structure: Structure,
  tutor: Tutor,
  index: number,
  rng: Rng,
): Contract[] {
  const startsOn = addDays(structure.current.startsOn, -rng.between(0, 380));
  const contract: Contract = {
    code: 5_000_000 + index * 4,
    learnerCode: codeOf(shape, 'student', index),
    companyCode: tutor.companyCode,
    startsOn,
    endsOn: addDays(startsOn, rng.between(365, 1_000)),
    terminatedOn: null,
  };
  const dice = rng.next();
  if (dice > 0.06) {
    return [contract];
  }
  const terminatedOn = addDays(shape.origin, -rng.between(1, 60));
  const broken = { ...contract, terminatedOn };
  const interim = {
    ...contract,
    code: contract.code + 1,
    companyCode: null,
    startsOn: addDays(terminatedOn, 1),
    endsOn: addDays(terminatedOn, 180),
  };
  return dice < 0.04 ? [broken, interim] : [broken];
}

const companyCodeAt = (shape: CentreShape, number: number): number =>
  700 + (hash32(shape.seed, 25, number) % Math.max(1, Math.ceil(shape.tutors * 0.7)));

/** A company's name and number, made up from its code. */
export function companyOf(code: number): { name: string; siret: string } {
  const rng = createRng(26, code);
  const owner = rng.pick(SURNAMES);
  const ending = rng.pick(['& Fils', 'SARL', '', 'et Associés', "« L'Étoile »", '<Groupe>']);
  const siret = String(30_000_000_000_000 + code * 7_919_000 + rng.int(7_919)).padStart(14, '0');
  return { name: `${rng.pick(TRADES)} ${owner} ${ending}`.trim(), siret };
}
