import type { UserKind } from '@passerelle/roster';
import { type Centre, type Person, peopleOf } from './model.js';
import { hash32, hashText } from './random.js';

const normalise = (login: string): string => login.trim().toLowerCase();

/** The password of whoever has this login; follows from the seed. */
export function passwordOf(centre: Centre, login: string): string {
  return `mdp-${hash32(centre.shape.seed, 41, hashText(normalise(login))).toString(36)}`;
}

/** Whoever is present and has this login; learners first. */
export function findByLogin(
  centre: Centre,
  login: string,
): { kind: UserKind; person: Person } | null {
  const wanted = normalise(login);
  for (const kind of ['student', 'teacher', 'tutor'] as const) {
    const person = peopleOf(centre, kind).find(
      (candidate) =>
        candidate.present && candidate.login !== null && normalise(candidate.login) === wanted,
    );
    if (person !== undefined) {
      return { kind, person };
    }
  }
  return null;
}
