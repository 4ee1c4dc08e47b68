import type { TaskName } from '@passerelle/roster';
import { type TaskChange, changeTask, toTaskJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { say, sayJson } from '../output/terminal.js';
import { authorOfCommand } from '../runtime/actor.js';
import { renderTask } from './tasks-show.js';

/** `passerelle tasks set|enable|disable|reset TASK` */
export async function changeTaskCommand(
  context: Context,
  name: TaskName,
  change: TaskChange,
  options: { json?: true },
): Promise<ExitCode> {
  const outcome = await changeTask(await context.sync(), name, change, authorOfCommand());
  if (!outcome.ok) {
    throw new UsageError(outcome.problems.map(({ message }) => message.en).join(' '));
  }
  if (options.json) sayJson(context.terminal, toTaskJson(outcome.task));
  else say(context.terminal, renderTask(context, outcome.task));
  return EXIT.done;
}
