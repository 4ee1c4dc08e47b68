import { USER_KINDS, type UserKind } from '@passerelle/roster';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { oneOf, pageSize } from '../options.js';
import { listUsers } from './users-list.js';
import { showUser } from './users-show.js';

interface ListOptions {
  kind?: UserKind;
  status?: 'active' | 'suspended';
  group?: string;
  site?: string;
  search?: string;
  limit: number;
  cursor?: string;
  json?: true;
}

/** `passerelle users …` */
export function addUsersCommands(program: Command, app: App): void {
  const users = addGroup(program, 'users', 'look people up in the registry');
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
    .option('--group <code>', 'members of this group only')
    .option('--site <code>', 'of this site only')
    .option('--search <text>', 'code, login or e-mail; or the beginning of a name')
    .option('--limit <n>', 'how many at most', pageSize, 50)
    .option('--cursor <cursor>', 'go on from a page’s nextCursor')
    .option('--json', 'print one JSON document')
    .action((options: ListOptions) => app.perform((c) => listUsers(c, options)));
  addCommand(users, {
    usage: 'show',
    summary: 'show one person',
    examples: [
      ['passerelle users show student:1234', 'by kind and code'],
      ['passerelle users show 1234', 'by code or login, where only one fits'],
    ],
  })
    .argument('<user>', 'kind:code, or a code or login that only one person has')
    .option('--json', 'print one JSON document')
    .action((user: string, options: { json?: true }) =>
      app.perform((c) => showUser(c, user, options)),
    );
}
