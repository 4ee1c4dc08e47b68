import { toPersonExportJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { sayJson } from '../output/terminal.js';
import { actorOfCommand } from '../runtime/actor.js';
import { findPerson } from '../runtime/find-user.js';

/** `passerelle users export KIND:CODE`: always one JSON document. */
export async function exportUser(context: Context, reference: string): Promise<ExitCode> {
  const { users, personal } = await context.stores();
  const person = await findPerson(users, reference);
  const now = context.now();
  const found = await personal.exportUser(person, { by: actorOfCommand() }, now);
  if (found === null) throw new UsageError(`Nothing is kept on "${reference}".`);
  sayJson(context.terminal, toPersonExportJson(found, now));
  return EXIT.done;
}
