import { type TaskState, nextTry, toListJson, toTaskJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Format } from '../output/format.js';
import { renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';

/** `passerelle tasks list` */
export async function listTasks(context: Context, options: { json?: true }): Promise<ExitCode> {
  const { tasks } = await context.stores();
  const found = await tasks.listTasks();
  if (options.json) sayJson(context.terminal, toListJson(found.map(toTaskJson)));
  else say(context.terminal, renderTasks(context, found));
  return EXIT.done;
}

function renderTasks({ terminal, format }: Context, tasks: readonly TaskState[]): string {
  const rows = tasks.map((task) => [
    task.name,
    toTaskJson(task).inWords.en,
    showNext(task, format),
    showLast(task, format),
    task.customised ? 'yes' : 'no',
  ]);
  return renderTable(terminal, ['Task', 'Schedule', 'Next run', 'Last good run', 'Edited'], rows);
}

/** When a task is run next, in words where there is no date. */
export function showNext(task: TaskState, format: Format): string {
  if (task.disabled) return 'disabled';
  const next = nextTry(task);
  return next === null ? 'never' : format.instant(next);
}

/** When a task succeeded last. */
export function showLast(task: TaskState, format: Format): string {
  return task.lastRunAt === null ? 'never' : format.instant(task.lastRunAt);
}
