import type { Capability } from '@passerelle/roster';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { pageSize, recordId } from '../options.js';
import { capabilities, day, oneCapability, oneLine } from './access-options.js';
import type { AddOptions } from './grants-change.js';
import type { ListOptions } from './grants-list.js';

const WHAT = `Capabilities are sync, viewruns, viewusers, configure, approve, grant, login and audit,
each with or without "auth/netypareo:" in front; all stands for all of them.`;

/** `passerelle grants …` */
export function addGrantsCommands(program: Command, app: App): void {
  const grants = addGroup(program, 'grants', 'say who may do what');
  addCommand(grants, {
    usage: 'list',
    summary: 'list who may do what',
    examples: [
      ['passerelle grants list', 'all rights that hold now'],
      ['passerelle grants list --user teacher:7 --all', 'what somebody has, ended ones too'],
    ],
  })
    .option('--user <user>', 'of this person only: kind:code, or a code or login')
    .option('--capability <name>', 'this capability only', oneCapability)
    .option('--site <code>', 'for this site only')
    .option('--all', 'also rights that have ended, and those of suspended people')
    .option('--limit <n>', 'how many at most', pageSize, 50)
    .option('--cursor <cursor>', 'go on from a page’s nextCursor')
    .option('--json', 'print one JSON document')
    .action((options: ListOptions) =>
      app.perform(async (c) => (await import('./grants-list.js')).listGrants(c, options)),
    );
  addAddCommand(grants, app);
  addCommand(grants, {
    usage: 'remove',
    summary: 'take a right away',
    examples: [['passerelle grants remove 12 --reason "left the office"', 'at once']],
    more: 'The last person who may grant everywhere cannot lose that right.',
  })
    .argument('<id>', 'as "grants list" shows it', recordId)
    .requiredOption('--reason <text>', 'why; kept in the audit', oneLine)
    .option('--json', 'print what was taken away as one JSON document')
    .action((id: number, options: { reason: string; json?: true }) =>
      app.perform(async (c) => (await import('./grants-change.js')).removeGrant(c, id, options)),
    );
}

function addAddCommand(grants: Command, app: App): void {
  addCommand(grants, {
    usage: 'add',
    summary: 'let somebody do something, or change until when they may',
    examples: [
      ['passerelle grants add teacher:7 all --reason "manager"', 'everything, everywhere'],
      [
        'passerelle grants add teacher:9 sync viewruns --site 2 --until 2027-06-30 --reason "stands in"',
        'for one site and one term',
      ],
    ],
    more: WHAT,
  })
    .argument('<user>', 'kind:code, or a code or login that only one person has')
    .argument('<capability...>', 'what they may do', capabilities)
    .option('--site <code>', 'for this site only; else everywhere')
    .option('--until <day>', 'the last day, such as 2027-06-30; else without an end', day)
    .requiredOption('--reason <text>', 'why; kept in the audit: say no name in it', oneLine)
    .option('--json', 'print the rights as one JSON document')
    .action((user: string, names: Capability[], options: AddOptions) =>
      app.perform(async (c) =>
        (await import('./grants-change.js')).addGrants(c, user, names, options),
      ),
    );
}
