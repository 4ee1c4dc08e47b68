import { GROUP_KINDS } from '@passerelle/roster';
import type { HistorySubject } from '@passerelle/sync';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { UsageError } from '../errors.js';
import { pageSize } from '../options.js';
import { parseGroup } from './plan-options.js';
import { type HistoryOptions, showHistory } from './show-history.js';

/** `passerelle groups …` */
export function addGroupsCommands(program: Command, app: App): void {
  const groups = addGroup(program, 'groups', 'what happened to groups and their memberships');
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
      app.perform((c) => showHistory(c, toSubject(group), options)),
    );
}

/** @throws UsageError where the kind is not said */
function toSubject(text: string): HistorySubject {
  const { kind, code } = parseGroup(text);
  if (kind !== undefined) return { of: 'group', kind, code };
  const forms = GROUP_KINDS.map((known) => `${known}:${text}`).join(' or ');
  throw new UsageError(`Say which kind of group "${text}" is: ${forms}.`);
}
