import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import type { MigrateOptions } from './migrate-all.js';

/** `passerelle migrate` */
export function addMigrateCommand(program: Command, app: App): void {
  addCommand(program, {
    usage: 'migrate',
    summary: 'apply database and queue migrations',
    more: 'Run it once at each upgrade, before the new processes start. A role named once by --api-role keeps what the API needs.',
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
      app.perform(async (c) => (await import('./migrate-all.js')).migrate(c, options), {
        migrate: true,
      }),
    );
}
