import type { UserKind } from '@passerelle/roster';
import { type Centre, peopleOf } from './model.js';
import { hash32, hashText } from './random.js';

const normalise = (login: string): string => login.trim().toLowerCase();

/** The password of whoever has this login; follows from the seed. */
export function passwordOf(centre: Centre, login: string): string {
  return `mdp-${hash32(centre.shape.seed, 41, hashText(normalise(login))).toString(36)}`;
}

/** Someone with a login. */
export interface Account {
  kind: UserKind;
  code: number;
}

/** Finds those present by login; made on first use. Of two with one login the learner comes first, then the teacher. */
export function createAccountFinder(centre: Centre): (login: string) => Account | null {
  let accounts: Map<string, Account> | null = null;
  return (login) => {
    accounts ??= indexAccounts(centre);
    return accounts.get(normalise(login)) ?? null;
  };
}

function indexAccounts(centre: Centre): Map<string, Account> {
  const accounts = new Map<string, Account>();
  for (const kind of ['student', 'teacher', 'tutor'] as const) {
    for (const { present, login, code } of peopleOf(centre, kind)) {
      const key = login === null ? '' : normalise(login);
      if (present && key !== '' && !accounts.has(key)) {
        accounts.set(key, { kind, code });
      }
    }
  }
  return accounts;
}
