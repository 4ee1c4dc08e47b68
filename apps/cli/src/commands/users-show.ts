import { USER_KINDS, type UserKind } from '@passerelle/roster';
import type { UserView } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { toUserJson } from '../json/user.js';
import { renderFacts } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';
import { unknownName } from '../suggest.js';

/** `passerelle users show KIND:CODE` */
export async function showUser(
  context: Context,
  reference: string,
  options: { json?: true },
): Promise<ExitCode> {
  const { users } = await context.stores();
  const user = onlyOne(reference, await users.findUsers(parseReference(reference)));
  if (options.json) sayJson(context.terminal, toUserJson(user));
  else say(context.terminal, renderUser(context, user));
  return EXIT.done;
}

/** `student:1234`, or a bare code or login. */
function parseReference(text: string): { kind?: UserKind; codeOrLogin: string } {
  const colon = text.indexOf(':');
  if (colon === -1) return { codeOrLogin: text };
  const kind = USER_KINDS.find((known) => known === text.slice(0, colon));
  if (kind === undefined) {
    throw new UsageError(unknownName('kind of user', text.slice(0, colon), USER_KINDS));
  }
  return { kind, codeOrLogin: text.slice(colon + 1) };
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

function renderUser({ format }: Context, user: UserView): string {
  const { profile } = user;
  const memberships = user.memberships.map(
    ({ group, role, from, to, active }) =>
      ['Group', `${group} as ${role}${period(from, to)}${active ? '' : ', not today'}`] as const,
  );
  return renderFacts([
    ['User', `${user.kind}:${user.code}`],
    ['Name', `${user.firstName} ${user.lastName}`],
    ['Login', user.login],
    ['E-mail', user.email],
    ['Born', user.birthDate],
    ['Status', user.status],
    ...Object.entries(profile),
    ...memberships,
    ...user.tutors.map((tutor) => ['Tutor', tutor] as const),
    ...user.students.map((student) => ['Apprentice', student] as const),
    ['Changed', format.instant(user.updatedAt)],
  ]);
}

function period(from: string | null, to: string | null): string {
  if (from === null && to === null) return '';
  return `, ${from === null ? '' : `from ${from} `}${to === null ? '' : `to ${to}`}`.trimEnd();
}
