import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import { oneLine } from './access-options.js';

/** What people have a right to: `users export`, `erase` and `allow`. */
export function addRightsCommands(users: Command, app: App): void {
  addCommand(users, {
    usage: 'export',
    summary: 'print everything that is kept on a person, as one JSON document',
    examples: [['passerelle users export student:1234 > 1234.json', 'to hand to them']],
  })
    .argument('<user>', 'kind:code, or a code or login that only one person has')
    .option('--json', 'the same: it is always JSON')
    .action((user: string) =>
      app.perform(async (c) => (await import('./users-export.js')).exportUser(c, user)),
    );
  addCommand(users, {
    usage: 'erase',
    summary: 'erase a person, and keep the source from bringing them back',
    examples: [
      ['passerelle users erase student:1234 --reason "request of 3 May"', 'what would go'],
      ['passerelle users erase student:1234 --reason "request of 3 May" --yes', 'do it'],
    ],
    more: 'The reason is kept: say no name in it.',
  })
    .argument('<user>', 'kind:code, or a code or login that only one person has')
    .requiredOption('--reason <text>', 'why; kept in the audit', oneLine)
    .option('--yes', 'do it')
    .option('--json', 'print one JSON document')
    .action((user: string, options: { reason: string; yes?: true; json?: true }) =>
      app.perform(async (c) => (await import('./users-erase.js')).eraseUser(c, user, options)),
    );
  addCommand(users, {
    usage: 'allow',
    summary: 'let an erased person be taken up again',
    examples: [['passerelle users allow student:1234 --reason "enrolled again"', 'next run']],
  })
    .argument('<user>', 'kind:code')
    .requiredOption('--reason <text>', 'why; kept in the audit', oneLine)
    .action((user: string, options: { reason: string }) =>
      app.perform(async (c) => (await import('./users-erase.js')).allowUser(c, user, options)),
    );
}
