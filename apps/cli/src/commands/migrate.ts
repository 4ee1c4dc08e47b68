import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { say, sayJson } from '../output/terminal.js';

/** `passerelle migrate` */
export function addMigrateCommand(program: Command, app: App): void {
  addCommand(program, {
    usage: 'migrate',
    summary: 'apply database and queue migrations',
    more: 'Run it once at each upgrade, before the new processes start.',
    examples: [['passerelle migrate', 'bring the database of DATABASE_URL up to date']],
  })
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) =>
      app.perform((context) => migrate(context, options), { migrate: true }),
    );
}

async function migrate(context: Context, options: { json?: true }): Promise<ExitCode> {
  await context.stores();
  const { backend } = await context.queueOptions();
  const applied = context.applied();
  if (options.json) {
    sayJson(context.terminal, { applied, queue: backend.kind });
    return EXIT.done;
  }
  const done =
    applied.length === 0
      ? 'The database was up to date.'
      : `Applied ${counted(applied.length, 'migration')}: ${applied.join(', ')}.`;
  say(
    context.terminal,
    `${done} The queue is on ${backend.kind === 'redis' ? 'Redis' : 'PostgreSQL'}.`,
  );
  return EXIT.done;
}
