import type { UserKind } from '@passerelle/roster';
import { type UserFilter, type UserView, toListJson, toUserJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { languageOf } from '../output/language.js';
import { sayNextDate } from '../output/leaving.js';
import { renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';

interface ListOptions {
  kind?: UserKind;
  status?: 'active' | 'suspended';
  missing?: true;
  group?: string;
  site?: string;
  search?: string;
  limit: number;
  cursor?: string;
  json?: true;
}

/** `passerelle users list` */
export async function listUsers(context: Context, options: ListOptions): Promise<ExitCode> {
  const { users } = await context.stores();
  const { items, nextCursor } = await users.listUsers(toFilter(options));
  if (options.json) {
    sayJson(context.terminal, toListJson(items.map(toUserJson), nextCursor));
    return EXIT.done;
  }
  say(context.terminal, items.length === 0 ? 'Nobody.' : renderUsers(context, items));
  if (nextCursor !== null) say(context.terminal, `\nMore: --cursor ${nextCursor}`);
  return EXIT.done;
}

function toFilter(options: ListOptions): UserFilter {
  const { kind, status, missing, group, site, search, limit, cursor } = options;
  return {
    limit,
    ...(kind === undefined ? {} : { kind }),
    ...(status === undefined ? {} : { status }),
    ...(missing === undefined ? {} : { missing }),
    ...(group === undefined ? {} : { groupCode: group }),
    ...(site === undefined ? {} : { siteCode: site }),
    ...(search === undefined ? {} : { search }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function renderUsers(context: Context, users: readonly UserView[]): string {
  const { terminal } = context;
  const language = languageOf(terminal);
  const rows = users.map((user) => [
    `${user.kind}:${user.code}`,
    user.lastName,
    user.firstName,
    user.login,
    user.email,
    user.profile.netypareo_cursus,
    sayNextDate(context, user, language),
  ]);
  const head = ['User', 'Last name', 'First name', 'Login', 'E-mail', 'Cursus', 'Status'];
  return renderTable(terminal, head, rows);
}
