import { GROUP_KINDS } from '@passerelle/roster';
import type { ProtectedSubject } from '@passerelle/sync';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { UsageError } from '../errors.js';
import { pageSize } from '../options.js';
import { parseGroup } from './plan-options.js';
import { addProtectCommands } from './protect.js';
import type { HistoryOptions } from './show-history.js';

/** `passerelle groups …` */
export function addGroupsCommands(program: Command, app: App): void {
  const groups = addGroup(
    program,
    'groups',
    'what happened to groups and their memberships; protect them',
  );
  addCommand(groups, {
    usage: 'history',
    summary: 'show every change of a group and its memberships, newest first',
    examples: [['passerelle groups history initial:1012', 'who came, who left, by which run']],
  })
    .argument('<group>', 'initial:CODE or continuing:CODE')
    .option('--limit <n>', 'how many changes at a time', pageSize, 50)
    .option('--cursor <cursor>', 'go on from a page’s nextCursor')
    .option('--json', 'print one JSON document')
    .action((group: string, options: HistoryOptions) =>
      app.perform(async (c) =>
        (await import('./show-history.js')).showHistory(c, toSubject(group), options),
      ),
    );
  addProtectCommands(groups, app, {
    of: 'group',
    example: 'initial:1012',
    forms: 'initial:CODE or continuing:CODE',
    find: async (_context, reference) => toSubject(reference),
  });
}

/** @throws UsageError where the kind is not said */
function toSubject(text: string): Extract<ProtectedSubject, { of: 'group' }> {
  const { kind, code } = parseGroup(text);
  if (kind !== undefined) return { of: 'group', kind, code };
  const forms = GROUP_KINDS.map((known) => `${known}:${text}`).join(' or ');
  throw new UsageError(`Say which kind of group "${text}" is: ${forms}.`);
}
