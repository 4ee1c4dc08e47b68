import { explainUser, toWhyJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { datesOf } from '../output/leaving.js';
import { say, sayJson } from '../output/terminal.js';
import { renderWhy } from '../output/why.js';
import { findUser } from '../runtime/find-user.js';

/** `passerelle users show KIND:CODE --why`; the source is not called, only its contract is read. */
export async function showWhy(
  context: Context,
  reference: string,
  options: { json?: true },
): Promise<ExitCode> {
  const { users, plans } = await context.stores();
  const { kind, code } = await findUser(users, reference);
  const { source } = await context.source();
  const reasons = await explainUser({ plans, source }, kind, code);
  if (reasons === null) throw new UsageError(`There is no user "${kind}:${code}" any more.`);
  if (options.json) sayJson(context.terminal, toWhyJson(reasons, datesOf(context, reasons)));
  else say(context.terminal, renderWhy(context, reasons));
  return EXIT.done;
}
