import type { IsoDate } from '@passerelle/roster';
import { addDays } from '../dates.js';
import type { Learner } from '../model.js';
import { createRng, type Rng } from '../random.js';
import type { CentreShape } from '../shape.js';
import { USER_TYPE } from './definitions.js';
import { createEnrolments, pastEnrolment } from './enrolments.js';
import { createIdentity, type Identity } from './identity.js';
import type { Structure } from './structure.js';

const STREAM = 21;
/** Every so many-th learner is the younger sibling of the one before, with the family's address. */
const SIBLING_EVERY = 40;

/** Makes the learner at a position; behind the shape's own come those of last year only, then newcomers. */
export function createLearner(shape: CentreShape, structure: Structure, index: number): Learner {
  const former = index >= shape.learners && index < shape.learners + shape.formerLearners;
  const rng = createRng(shape.seed, STREAM, index);
  const identity = createIdentity(shape, 'student', index, rng);
  const enrolments = former
    ? [pastEnrolment(structure, index, 0, rng)]
    : createEnrolments(shape, structure, index, rng);
  const trainee = enrolments.every((enrolment) => enrolment.continuing);
  const family = hasElder(shape, index) ? familyOf(shape, index) : identity;
  // Field by field: this is made millions of times, and spreading is slow.
  return {
    code: identity.code,
    female: identity.female,
    lastName: family.lastName,
    firstName: identity.firstName,
    login: identity.login,
    email: family.email,
    birthDate: birthDateOf(shape, index, rng),
    typeCode: rng.chance(0.03) ? null : trainee ? USER_TYPE.trainee : USER_TYPE.learner,
    modifiedOn: addDays(shape.origin, -rng.between(1, 400)),
    enrolments,
    present: true,
    bad: !former && index < shape.badRecords,
  };
}

const hasElder = (shape: CentreShape, index: number): boolean =>
  index % SIBLING_EVERY === SIBLING_EVERY - 1 && !shape.canary;

/** A sibling has name and e-mail of the elder one. */
function familyOf(shape: CentreShape, index: number): Identity {
  return createIdentity(shape, 'student', index - 1, createRng(shape.seed, STREAM, index - 1));
}

function birthDateOf(shape: CentreShape, index: number, rng: Rng): IsoDate | null {
  const year = Number(shape.origin.slice(0, 4));
  const eighteenYearsAgo = `${year - 18}${shape.origin.slice(4)}`;
  if (index === 3 && shape.origin.slice(5) !== '02-29') {
    return eighteenYearsAgo;
  }
  if (index === 4 && shape.origin.slice(5) !== '02-29') {
    return addDays(eighteenYearsAgo, 1);
  }
  if (index === 5) {
    return `${Math.floor((year - 18) / 4) * 4}-02-29`;
  }
  const age = rng.chance(0.85) ? rng.between(15 * 365, 22 * 365) : rng.between(22 * 365, 45 * 365);
  return rng.chance(0.015) ? null : addDays(shape.origin, -age);
}
