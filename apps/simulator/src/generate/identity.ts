import type { UserKind } from '@passerelle/roster';
import { hash32, type Rng } from '../random.js';
import type { CentreShape } from '../shape.js';
import { BOYS, GIRLS, MAIL_HOSTS, SURNAMES } from './vocabulary.js';

/** In every name, login and e-mail of a centre made with `canary`. */
export const CANARY_MARK = 'Zqcanari';

/** Who someone is, apart from what ties them to the centre. */
export interface Identity {
  code: number;
  female: boolean;
  lastName: string;
  firstName: string;
  login: string | null;
  email: string | null;
}

// Ranges that overlap: a bare code may name a learner, a teacher and a tutor.
const FIRST_CODE: Readonly<Record<UserKind, number>> = { student: 1_001, teacher: 101, tutor: 501 };
const KIND_NUMBER: Readonly<Record<UserKind, number>> = { student: 0, teacher: 1, tutor: 2 };
const LOGIN_PREFIX: Readonly<Record<UserKind, string>> = {
  student: '',
  teacher: 'p.',
  tutor: 't.',
};

/** The code of the person at a position; with `canary` nine digits, unique across kinds up to 500,000 of each. */
export function codeOf(shape: CentreShape, kind: UserKind, index: number): number {
  if (!shape.canary) {
    return FIRST_CODE[kind] + index;
  }
  return 100_000_000 + KIND_NUMBER[kind] * 300_000_000 + index * 577 + (hash32(shape.seed) % 577);
}

/** Makes up a person. */
export function createIdentity(
  shape: CentreShape,
  kind: UserKind,
  index: number,
  rng: Rng,
): Identity {
  const code = codeOf(shape, kind, index);
  const female = rng.chance(0.48);
  const mark = canaryMark(shape, kind, index);
  const firstName = rng.pick(female ? GIRLS : BOYS) + mark;
  const lastName = surname(rng) + mark;
  return {
    code,
    female,
    lastName,
    firstName,
    login: rng.chance(0.01) ? null : asTyped(loginOf(kind, firstName, lastName, code), rng),
    email: rng.chance(0.02) ? null : asTyped(emailOf(firstName, lastName, code, rng), rng),
  };
}

/** What a marked name ends in; empty without `canary`. */
export function canaryMark(shape: CentreShape, kind: UserKind, index: number): string {
  return shape.canary ? `-${CANARY_MARK}${'abc'[KIND_NUMBER[kind]]}${index.toString(36)}` : '';
}

/** A family name, sometimes a double one, sometimes in capitals as secretaries type them. */
export function surname(rng: Rng): string {
  const name = rng.chance(0.08)
    ? `${rng.pick(SURNAMES)}-${rng.pick(SURNAMES)}`
    : rng.pick(SURNAMES);
  return rng.chance(0.3) ? name.toLocaleUpperCase('fr') : name;
}

/** A new address for someone. */
export function emailOf(firstName: string, lastName: string, code: number, rng: Rng): string {
  return `${plain(firstName)}.${plain(lastName)}${code}@${rng.pick(MAIL_HOSTS)}`;
}

function loginOf(kind: UserKind, firstName: string, lastName: string, code: number): string {
  return `${LOGIN_PREFIX[kind]}${plain(firstName).slice(0, 1)}${plain(lastName)}${code}`;
}

/** Capitals and stray spaces, as they come out of a form; trimming and lowering undoes them. */
function asTyped(text: string, rng: Rng): string {
  const dice = rng.next();
  if (dice < 0.04) {
    return ` ${text} `;
  }
  if (dice < 0.1) {
    return text.toUpperCase();
  }
  return dice < 0.16 ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
}

const plainForms = new Map<string, string>();

/** ASCII letters and digits of a name, lowered; worked out once for each name (marked ones apart). */
function plain(name: string): string {
  const at = name.indexOf(CANARY_MARK);
  const base = at < 0 ? name : name.slice(0, at);
  let form = plainForms.get(base);
  if (form === undefined) {
    form = toPlain(base);
    plainForms.set(base, form);
  }
  return at < 0 ? form : form + name.slice(at).toLowerCase();
}

function toPlain(text: string): string {
  return text
    .replace(/[œŒ]/g, 'oe')
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}
