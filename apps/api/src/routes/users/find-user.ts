import { type Reach, USER_KINDS, type UserKind } from '@passerelle/roster';
import type { UserDirectory, UserView } from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { ProblemError } from '../../problems/problem-error.js';
import { text } from '../../schemas/fields.js';

/** `student:1234`, a code or login that only one person has, or `user:42`. */
export const userParams = z.strictObject({
  ref: text(300).describe(
    '`student:1234`, or a code or login that only one person has, or `user:42`, as the audit and others name people who did something',
  ),
});

/** `student:1234` alone: what is known of people who may not be in the registry. */
export const exactUserParams = z.strictObject({
  ref: text(300)
    .regex(new RegExp(`^(${USER_KINDS.join('|')}):.`), 'expected kind:code, such as student:1234')
    .describe('`student:1234`'),
});

/**
 * The one person that a reference means among those whom the caller may see.
 * @throws ProblemError `not-found`, or `ambiguous-user` with those it may mean
 */
export async function findUser(users: UserDirectory, ref: string, reach: Reach): Promise<UserView> {
  const meant = numberedRef(ref) ?? splitRef(ref) ?? { codeOrLogin: ref };
  const found = await users.findUsers({ ...meant, reach });
  const [user, ...others] = found;
  if (user === undefined) throw nobody();
  if (others.length === 0) return user;
  const candidates = found.map(({ kind, code }) => `${kind}:${code}`);
  throw new ProblemError('ambiguous-user', { members: { candidates } });
}

/** Nobody is called so, as far as the caller may know. */
export function nobody(): ProblemError {
  return notFound('Nobody is called so.');
}

/** The id in `user:42`; null: it is not one. */
function numberedRef(ref: string): { id: number } | null {
  const [, digits] = /^user:([1-9]\d{0,8})$/.exec(ref) ?? [];
  return digits === undefined ? null : { id: Number(digits) };
}

/** The parts of `kind:code`; null: it is not one. */
export function splitRef(ref: string): { kind: UserKind; codeOrLogin: string } | null {
  const colon = ref.indexOf(':');
  const kind = USER_KINDS.find((known) => known === ref.slice(0, Math.max(colon, 0)));
  return kind === undefined ? null : { kind, codeOrLogin: ref.slice(colon + 1) };
}
