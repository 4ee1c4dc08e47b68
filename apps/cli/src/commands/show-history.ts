import { type HistorySubject, toListJson, toPastChangeJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderHistory } from '../output/history.js';
import { say, sayJson } from '../output/terminal.js';

/** Which page of a history, and in which form. */
export interface HistoryOptions {
  limit: number;
  cursor?: string;
  json?: true;
}

/** What happened to a person or a group, newest first. */
export async function showHistory(
  context: Context,
  subject: HistorySubject,
  { limit, cursor, json }: HistoryOptions,
): Promise<ExitCode> {
  const { plans } = await context.stores();
  const page = { limit, ...(cursor === undefined ? {} : { cursor }) };
  const found = await plans.history(subject, page);
  if (found === null) {
    throw new UsageError(`There is no ${subject.of} "${subject.kind}:${subject.code}".`);
  }
  const { items, nextCursor } = found;
  if (json) {
    sayJson(context.terminal, toListJson(items.map(toPastChangeJson), nextCursor));
    return EXIT.done;
  }
  say(context.terminal, items.length === 0 ? 'No change is kept.' : renderHistory(context, items));
  if (nextCursor !== null) say(context.terminal, `\nMore: --cursor ${nextCursor}`);
  return EXIT.done;
}
