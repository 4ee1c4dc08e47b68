import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { say, sayJson } from '../output/terminal.js';
import { requireSource } from '../runtime/open-source.js';

/** `passerelle source check` */
export async function checkSourceCommand(
  context: Context,
  options: { json?: true },
): Promise<ExitCode> {
  const opened = await context.source();
  requireSource(opened);
  const { operations, signedIn, problems } = await opened.source.check(context.signal);
  const contract = opened.contract.name;
  if (options.json) {
    sayJson(context.terminal, { contract, operations, signedIn, problems });
  } else {
    const lines = [
      `The WSDL is reachable and has ${counted(operations, 'operation')}.`,
      ...(signedIn === true ? ['Signing in works.'] : []),
      problems.length === 0
        ? `The contract "${contract}" fits it.`
        : `The contract "${contract}" does not fit it:\n  ${problems.join('\n  ')}`,
    ];
    say(context.terminal, lines.join('\n'));
  }
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}
