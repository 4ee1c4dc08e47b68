import { type UserView, toUserJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { languageOf } from '../output/language.js';
import { sayProtection, sayStatus } from '../output/leaving.js';
import { renderFacts } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';
import { findUser } from '../runtime/find-user.js';

/** `passerelle users show KIND:CODE` */
export async function showUser(
  context: Context,
  reference: string,
  options: { json?: true },
): Promise<ExitCode> {
  const { users } = await context.stores();
  const user = await findUser(users, reference);
  if (options.json) sayJson(context.terminal, toUserJson(user));
  else say(context.terminal, renderUser(context, user));
  return EXIT.done;
}

function renderUser(context: Context, user: UserView): string {
  const { format, terminal } = context;
  const language = languageOf(terminal);
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
    ['Status', sayStatus(context, user, language)],
    ...(user.protection === null
      ? []
      : [['Protected', sayProtection(context, user.protection, language)] as const]),
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
