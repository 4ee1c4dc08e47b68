import type { LoginDirectory, LoginPerson } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

/** Who has which login, in `users`. */
export function createLoginDirectory(client: PrismaClient): LoginDirectory {
  return {
    // In SQL, which is half a millisecond less on the way of every login.
    activePeople: (login) => client.$queryRaw<LoginPerson[]>`
      SELECT id, kind::text AS kind, code FROM users WHERE login = ${login} AND status = 'active'`,
  };
}
