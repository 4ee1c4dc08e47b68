import type { Context } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { findPerson } from '../runtime/find-user.js';
import { type HistoryOptions, showHistory } from './show-history.js';

/** `passerelle users show KIND:CODE --history` */
export async function showUserHistory(
  context: Context,
  reference: string,
  options: HistoryOptions,
): Promise<ExitCode> {
  const { users } = await context.stores();
  const { kind, code } = await findPerson(users, reference);
  return showHistory(context, { of: 'user', kind, code }, options);
}
