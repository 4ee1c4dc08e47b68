import { toListJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderOperation } from '../output/operation.js';
import { say, sayJson } from '../output/terminal.js';
import { requireSource } from '../runtime/require-source.js';

/** `passerelle source inspect` */
export async function inspectSource(context: Context, options: { json?: true }): Promise<ExitCode> {
  const opened = await context.source();
  requireSource(opened);
  const operations = await opened.source.inspect();
  if (options.json) sayJson(context.terminal, toListJson(operations));
  else say(context.terminal, operations.map(renderOperation).join('\n\n'));
  return EXIT.done;
}
