import type { Context } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { findUser } from '../runtime/find-user.js';
import { syncPerson } from '../runtime/sync-person.js';

/** `passerelle users sync KIND:CODE` */
export async function syncUserCommand(
  context: Context,
  reference: string,
  options: { json?: true },
): Promise<ExitCode> {
  const { users } = await context.stores();
  const { kind, code } = await findUser(users, reference);
  return syncPerson(context, { kind, code }, options);
}
