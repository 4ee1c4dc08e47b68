import { grantApiRole } from '@passerelle/db';
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
