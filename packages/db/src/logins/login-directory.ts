import type { LoginDirectory, LoginPerson } from '@passerelle/sync';
import type { Ask } from '../statements.js';

const ACTIVE_PEOPLE = {
  name: 'active_people',
  text: `SELECT id, kind::text AS kind, code FROM users WHERE login = $1::text AND status = 'active'`,
};

/** Who has which login, in `users`. */
export function createLoginDirectory(ask: Ask): LoginDirectory {
  return { activePeople: (login) => ask<LoginPerson>(ACTIVE_PEOPLE, [login]) };
}
