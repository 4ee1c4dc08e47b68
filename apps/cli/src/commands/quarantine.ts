import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';

/** `passerelle quarantine …` */
export function addQuarantineCommands(program: Command, app: App): void {
  const quarantine = addGroup(program, 'quarantine', 'what is to be put in order in NetYParéo');
  addCommand(quarantine, {
    usage: 'list',
    summary: 'list records that are set aside, and people who share a login or an e-mail',
    examples: [['passerelle quarantine list', 'what is wrong at present, and since when']],
    more: 'A record disappears when it comes back in order. Of people who share a login, the first keeps it.',
  })
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) =>
      app.perform(async (c) => (await import('./quarantine-list.js')).listQuarantine(c, options)),
    );
}
