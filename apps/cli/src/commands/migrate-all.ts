import { grantApiRole, keepApiRoles } from '@passerelle/db';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { say, sayJson } from '../output/terminal.js';

/** For whom, and in which form it is told. */
export interface MigrateOptions {
  apiRole?: string;
  json?: true;
}

/** `passerelle migrate` */
export async function migrate(context: Context, options: MigrateOptions): Promise<ExitCode> {
  await context.stores();
  const { backend, namespace = null } = await context.queueOptions();
  const { url } = await context.server();
  const queueSchema = backend.kind === 'redis' ? null : namespace;
  await keepApiRoles(url, queueSchema);
  if (options.apiRole !== undefined) await grantApiRole(url, options.apiRole, queueSchema);
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
