import { USER_KINDS, type UserKind } from '../entities.js';
import { compareCodes } from '../normalise/text.js';

/** Order of those who share a handle: learners, teachers, tutors, each by code. */
export function comparePeople(
  a: { kind: UserKind; code: string },
  b: { kind: UserKind; code: string },
): number {
  return USER_KINDS.indexOf(a.kind) - USER_KINDS.indexOf(b.kind) || compareCodes(a.code, b.code);
}

/** Who of the active people with one login signs in by it; null: there is nobody. */
export function keeperOf<Person extends { kind: UserKind; code: string }>(
  people: readonly Person[],
): Person | null {
  return [...people].sort(comparePeople)[0] ?? null;
}
