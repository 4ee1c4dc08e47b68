import { USER_KINDS, type UserKind } from '@passerelle/roster';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { oneOf, pageSize } from '../options.js';
import { findPerson, findUser } from '../runtime/find-user.js';
import { addProtectCommands } from './protect.js';
import { type HistoryOptions, showHistory } from './show-history.js';
import { listUsers } from './users-list.js';
import { addRightsCommands } from './users-rights.js';
import { syncUserCommand } from './users-sync.js';
import { showUser } from './users-show.js';
import { showWhy } from './users-why.js';

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

/** `passerelle users …` */
export function addUsersCommands(program: Command, app: App): void {
  const users = addGroup(
    program,
    'users',
    'look people up in the registry, export, erase and protect them',
  );
  addCommand(users, {
    usage: 'list',
    summary: 'list people',
    examples: [
      ['passerelle users list --kind student --group 1012', 'the learners of a group'],
      ['passerelle users list --search "le goff"', 'by code, login, e-mail, or start of a name'],
    ],
  })
    .option('--kind <kind>', 'student, teacher or tutor', oneOf('kind', USER_KINDS))
    .option(
      '--status <status>',
      'active or suspended',
      oneOf('status', ['active', 'suspended'] as const),
    )
    .option('--missing', 'those no longer in NetYParéo who are not suspended yet')
    .option('--group <code>', 'members of this group only')
    .option('--site <code>', 'of this site only')
    .option('--search <text>', 'code, login or e-mail; or the beginning of a name')
    .option('--limit <n>', 'how many at most', pageSize, 50)
    .option('--cursor <cursor>', 'go on from a page’s nextCursor')
    .option('--json', 'print one JSON document')
    .action((options: ListOptions) => app.perform((c) => listUsers(c, options)));
  addShowCommand(users, app);
  addSyncCommand(users, app);
  addRightsCommands(users, app);
  addProtectCommands(users, app, {
    of: 'user',
    example: 'student:1234',
    forms: 'kind:code, or a code or login that only one person has',
    find: async (context, reference) => {
      const { kind, code } = await findUser((await context.stores()).users, reference);
      return { of: 'user', kind, code };
    },
  });
}

interface ShowOptions extends HistoryOptions {
  history?: true;
  why?: true;
}

function addShowCommand(users: Command, app: App): void {
  addCommand(users, {
    usage: 'show',
    summary: 'show one person, their history, or why they are as they are',
    examples: [
      ['passerelle users show student:1234', 'by kind and code'],
      ['passerelle users show 1234', 'by code or login, where only one fits'],
      ['passerelle users show 1234 --history', 'every change, newest first'],
      ['passerelle users show 1234 --why', 'where each field and membership comes from'],
    ],
  })
    .argument('<user>', 'kind:code, or a code or login that only one person has')
    .option('--history', 'every change of the person, their memberships and tutorships')
    .option('--why', 'the path, the rule and the run behind each field and membership')
    .option('--limit <n>', 'with --history: how many changes at a time', pageSize, 50)
    .option('--cursor <cursor>', 'with --history: go on from a page’s nextCursor')
    .option('--json', 'print one JSON document')
    .action((user: string, { history, why, ...options }: ShowOptions) => {
      if (history && why) throw new UsageError('Give --history or --why, not both.');
      const json = options.json ? { json: true as const } : {};
      return app.perform((c) => {
        if (why) return showWhy(c, user, json);
        return history ? showUserHistory(c, user, options) : showUser(c, user, json);
      });
    });
}

async function showUserHistory(
  context: Context,
  reference: string,
  options: HistoryOptions,
): Promise<ExitCode> {
  const { users } = await context.stores();
  const { kind, code } = await findPerson(users, reference);
  return showHistory(context, { of: 'user', kind, code }, options);
}

function addSyncCommand(users: Command, app: App): void {
  addCommand(users, {
    usage: 'sync',
    summary: 'read one person from NetYParéo and apply it, at once',
    examples: [['passerelle users sync student:1234', 'beside whatever run is under way']],
    more: 'They are looked for where they were. Not found there, they are not suspended.',
  })
    .argument('<user>', 'kind:code, or a code or login that only one person has')
    .option('--json', 'print the run as one JSON document')
    .action((user: string, options: { json?: true }) =>
      app.perform((c) => syncUserCommand(c, user, options)),
    );
}
