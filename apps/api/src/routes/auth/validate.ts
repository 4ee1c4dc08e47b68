import { toUserJson, type UserView, userJson } from '@passerelle/sync';
import { z } from 'zod';
import { endpoint, ok } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';
import { checkLogin, LOGIN_PROBLEMS } from '../session/check-login.js';
import { credentials } from '../session/credentials.js';

/** Whether a login is good. Whoever may ask so for one site is told of its people only. */
export const validateLogin = endpoint({
  summary: 'Validate a NetYParéo login',
  description:
    'The answer is always of the same shape. `valid` false says nothing about why: the password is wrong, or nobody has this login, or whoever has it is suspended or of another site. When NetYParéo cannot be asked the answer is 503, never a no.',
  body: z.strictObject({
    ...credentials,
    address: z
      .union([z.ipv4(), z.ipv6()])
      .optional()
      .describe(
        'Where the person sits, if the program knows: who guesses there is slowed down, whatever the account, and does not keep the owner out who sits elsewhere.',
      ),
  }),
  answers: { 200: z.strictObject({ valid: z.boolean(), user: userJson.nullable() }) },
  problems: LOGIN_PROBLEMS,
  handle: async ({ body }, scope) => {
    const { username, password, address } = body;
    const person = await checkLogin(scope, { username, password, from: addressOf(scope, address) });
    const user = person === null ? null : await findVisible(scope, person);
    return ok({ valid: user !== null, user: user === null ? null : toUserJson(user) });
  },
});

/**
 * A program's own address is nobody's: all logins of a Moodle come from there, and
 * must not wait for those who mistype.
 */
function addressOf({ caller, from }: Scope, address: string | undefined): string | null {
  return address ?? (caller?.kind === 'user' ? from : null);
}

async function findVisible(
  { deps, reach }: Scope,
  { kind, code }: { kind: UserView['kind']; code: string },
): Promise<UserView | null> {
  const [user] = await deps.users.findUsers({ kind, codeOrLogin: code, reach });
  return user ?? null;
}
