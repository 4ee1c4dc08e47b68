import { grantApiRole } from '@passerelle/db';
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
    more: 'Run it once at each upgrade, before the new processes start, with --api-role where there is one.',
    examples: [
      ['passerelle migrate', 'bring the database of DATABASE_URL up to date'],
      ['passerelle migrate --api-role passerelle_api', 'and let the API sign in as another role'],
    ],
  })
    .option(
      '--api-role <role>',
      'give this role what the API needs: all but changing the schema and the audit',
    )
    .option('--json', 'print one JSON document')
    .action((options: MigrateOptions) =>
      app.perform((context) => migrate(context, options), { migrate: true }),
    );
}

interface MigrateOptions {
  apiRole?: string;
  json?: true;
}

async function migrate(context: Context, options: MigrateOptions): Promise<ExitCode> {
  await context.stores();
  const { backend, namespace = null } = await context.queueOptions();
  if (options.apiRole !== undefined) {
    const { url } = await context.server();
    await grantApiRole(url, options.apiRole, backend.kind === 'redis' ? null : namespace);
  }
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
