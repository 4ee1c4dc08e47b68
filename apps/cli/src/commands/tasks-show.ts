import {
  GUARD_DEFAULTS,
  GUARD_NAMES,
  parseGuards,
  showGuard,
  TASKS,
  type TaskName,
} from '@passerelle/roster';
import { type TaskState, toTaskJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderFacts } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';
import { renderRuns } from './runs-list.js';
import { showLast, showNext } from './tasks-list.js';

const LAST_RUNS = 5;

/** `passerelle tasks show TASK` */
export async function showTask(
  context: Context,
  name: TaskName,
  options: { json?: true },
): Promise<ExitCode> {
  const { runs } = await context.stores();
  const task = await getTask(context, name);
  if (options.json) {
    sayJson(context.terminal, toTaskJson(task));
    return EXIT.done;
  }
  say(context.terminal, renderTask(context, task));
  const last = await runs.listRuns({ task: name, onePerson: false, limit: LAST_RUNS });
  if (last.length > 0) say(context.terminal, `\n${renderRuns(context, last)}`);
  return EXIT.done;
}

/** The stored task; a database that was migrated has all seven. */
async function getTask(context: Pick<Context, 'stores'>, name: TaskName): Promise<TaskState> {
  const { tasks } = await context.stores();
  const task = await tasks.getTask(name);
  if (task === null)
    throw new Error(`The task ${name} is not in the database. Run "passerelle migrate".`);
  return task;
}

/** A task as names and values. */
export function renderTask({ format }: Pick<Context, 'format'>, task: TaskState): string {
  const { inWords } = toTaskJson(task);
  const { labels } = TASKS[task.name];
  return renderFacts([
    ['Task', task.name],
    ['What it does', labels.en],
    ['', labels.fr],
    ['Component', task.component],
    ['Schedule', inWords.en],
    ['', inWords.fr],
    ['Minute', task.minute],
    ['Hour', task.hour],
    ['Day', task.day],
    ['Month', task.month],
    ['Weekday', task.weekday],
    ['Edited', task.customised ? 'yes' : 'no'],
    ...renderGuards(task),
    ['Next run', showNext(task, format)],
    ['Last good run', showLast(task, format)],
    ...(task.failDelaySeconds > 0
      ? ([['Delay after failure', `${task.failDelaySeconds} s`]] as const)
      : []),
  ]);
}

/** What holds removals back, and what was set otherwise than by default. */
function renderGuards({ guards }: TaskState): [string, string][] {
  const parsed = parseGuards(guards);
  const settings = parsed.ok ? parsed.settings : GUARD_DEFAULTS;
  return GUARD_NAMES.map((name, index) => {
    const [setting, byDefault] = [showGuard(settings, name), showGuard(GUARD_DEFAULTS, name)];
    const note = setting === byDefault ? '' : ` (default ${byDefault})`;
    return [index === 0 ? 'Guards' : '', `${name}=${setting}${note}`];
  });
}
