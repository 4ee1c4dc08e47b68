import { USER_KINDS, type UserKind } from '@passerelle/roster';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { UsageError } from '../errors.js';
import { oneOf, pageSize } from '../options.js';
import { findUser } from '../runtime/find-user.js';
import { addProtectCommands } from './protect.js';
import type { HistoryOptions } from './show-history.js';
import { addRightsCommands } from './users-rights.js';

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
    .action((options: ListOptions) =>
      app.perform(async (c) => (await import('./users-list.js')).listUsers(c, options)),
    );
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
      ['passerelle users show user:42', 'as rights, runs and the audit name who did something'],
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
      return app.perform(async (c) => {
        if (why) return (await import('./users-why.js')).showWhy(c, user, json);
        if (!history) return (await import('./users-show.js')).showUser(c, user, json);
        return (await import('./users-history.js')).showUserHistory(c, user, options);
      });
    });
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
      app.perform(async (c) => (await import('./users-sync.js')).syncUserCommand(c, user, options)),
    );
}
