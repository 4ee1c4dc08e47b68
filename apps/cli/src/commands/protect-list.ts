import { type ProtectedSubject, toListedProtectionJson, toListJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';

/** `passerelle users|groups protected` */
export async function listProtected(
  context: Context,
  of: ProtectedSubject['of'],
  options: { json?: true },
): Promise<ExitCode> {
  const { terminal, format } = context;
  const { protections } = await context.stores();
  const found = await protections.listProtections(of);
  if (options.json) {
    sayJson(terminal, toListJson(found.map(toListedProtectionJson), null));
    return EXIT.done;
  }
  const rows = found.map(({ ref, at, by, reason }) => [ref, format.instant(at), by, reason]);
  const head = [of === 'user' ? 'User' : 'Group', 'Since', 'By', 'Why'];
  say(terminal, rows.length === 0 ? 'None.' : renderTable(terminal, head, rows));
  return EXIT.done;
}
