import { USER_KINDS, type UserKind } from '@passerelle/roster';
import type { Registry, UserDirectory, UserView } from '@passerelle/sync';
import { UsageError } from '../errors.js';
import { unknownName } from '../suggest.js';

/** How a command names a person. */
export interface UserReference {
  kind?: UserKind;
  codeOrLogin: string;
}

/** `student:1234`, or a bare code or login. */
export function parseReference(text: string): UserReference {
  const colon = text.indexOf(':');
  if (colon === -1) return { codeOrLogin: text };
  const kind = USER_KINDS.find((known) => known === text.slice(0, colon));
  if (kind === undefined) {
    throw new UsageError(unknownName('kind of user', text.slice(0, colon), USER_KINDS));
  }
  return { kind, codeOrLogin: text.slice(colon + 1) };
}

/** The one user that a reference fits, `user:42` among them: so the audit and others name who did something. */
export async function findUser(
  users: Pick<UserDirectory, 'findUsers'>,
  reference: string,
): Promise<UserView> {
  const id = idOf(reference);
  return onlyOne(
    reference,
    await users.findUsers(id === null ? parseReference(reference) : { id }),
  );
}

function idOf(reference: string): number | null {
  const [, digits] = /^user:([1-9]\d{0,8})$/.exec(reference) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * Likewise, but `kind:code` need not be in the registry: something may be kept on
 * those who are not.
 */
export async function findPerson(
  users: Pick<UserDirectory, 'findUsers'>,
  reference: string,
): Promise<{ kind: UserKind; code: string }> {
  const named = idOf(reference) === null ? parseReference(reference) : null;
  if (named?.kind !== undefined) return { kind: named.kind, code: named.codeOrLogin };
  const user = await findUser(users, reference);
  return { kind: user.kind, code: user.code };
}

/** The registry's id of the one user that a reference fits. */
export async function findUserId(
  stores: { users: Pick<UserDirectory, 'findUsers'>; registry: Pick<Registry, 'whereabouts'> },
  reference: string,
): Promise<number> {
  const { kind, code } = await findUser(stores.users, reference);
  const found = await stores.registry.whereabouts({ kind, code });
  if (found === null) throw new UsageError(`There is no user "${reference}" any more.`);
  return found.id;
}

function onlyOne(reference: string, found: readonly UserView[]): UserView {
  const [user, ...others] = found;
  if (user === undefined) {
    throw new UsageError(
      `There is no user "${reference}". Expected kind:code (student:1234), or a code or login; ` +
        '"passerelle users list --search" looks for people.',
    );
  }
  if (others.length === 0) return user;
  const references = found.map(({ kind, code }) => `${kind}:${code}`).join(', ');
  throw new UsageError(`"${reference}" fits several users: ${references}. Say which one.`);
}
