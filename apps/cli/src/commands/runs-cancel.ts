import { cancelRun, toRunJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { say, sayJson } from '../output/terminal.js';
import { authorOfCommand } from '../runtime/actor.js';
import { unknownRun } from './runs-show.js';

/** `passerelle runs cancel ID` */
export async function cancelRunCommand(
  context: Context,
  id: number,
  options: { json?: true },
): Promise<ExitCode> {
  const sync = await context.sync();
  const cancelled = await cancelRun(sync, id, authorOfCommand());
  if (cancelled === null) {
    const run = await sync.runs.getRun(id);
    if (run === null) throw unknownRun(id);
    throw new CommandError(`Run ${id} has ended already (${run.state}); it cannot be cancelled.`);
  }
  if (options.json) sayJson(context.terminal, toRunJson(cancelled));
  else say(context.terminal, `Run ${id} of ${cancelled.task} is cancelled.`);
  return EXIT.done;
}
