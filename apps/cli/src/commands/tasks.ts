import type { ScheduleFields, TaskName } from '@passerelle/roster';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { UsageError } from '../errors.js';
import { guardSetting, taskName } from '../options.js';
import type { RunTaskOptions } from './tasks-run.js';

/** `passerelle tasks …` */
export function addTasksCommands(program: Command, app: App): void {
  const tasks = addGroup(program, 'tasks', 'see, schedule and run the synchronisation tasks');
  addCommand(tasks, {
    usage: 'list',
    summary: 'list the tasks with their schedules',
    examples: [['passerelle tasks list', 'when each task was run last, and when it is next']],
  })
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) =>
      app.perform(async (c) => (await import('./tasks-list.js')).listTasks(c, options)),
    );
  addTaskCommand(tasks, {
    usage: 'show',
    summary: 'show a task, its schedule and its last runs',
    examples: [['passerelle tasks show sync_students', 'its schedule in words, its last runs']],
  }).action((task: TaskName, options: { json?: true }) =>
    app.perform(async (c) => (await import('./tasks-show.js')).showTask(c, task, options)),
  );
  addSetCommand(tasks, app);
  addSwitchCommands(tasks, app);
  addRunCommand(tasks, app);
}

function addTaskCommand(tasks: Command, text: Parameters<typeof addCommand>[1]): Command {
  return addCommand(tasks, text)
    .argument('<task>', 'name of the task', taskName)
    .option('--json', 'print one JSON document');
}

const SET_HELP = `Each field is *, a number, a range (2-10), a step (*/2) or a list of them (1,15);
minute, hour and weekday may be R, a number drawn at random once. Weekday 0 and 7 are
Sunday. With both day and weekday given, either suffices.`;

const GUARD_HELP = `A guard holds the removals of a run until someone approves or rejects them:
removals, site-removals and group-removals trip beyond a number or a share (20,5%),
whichever allows more, as does identity-swaps; changed and rejected beyond a share
(50%,from 50: of fewer records they say nothing); emptied and anonymous are on or off.
name=off switches one off, name=default goes back to its default.`;

interface SetOptions extends Partial<ScheduleFields> {
  guard: Record<string, string>;
  json?: true;
}

function addSetCommand(tasks: Command, app: App): void {
  addTaskCommand(tasks, {
    usage: 'set',
    summary: 'change the schedule or the guards of a task',
    more: `${SET_HELP}\n\n${GUARD_HELP}`,
    examples: [
      ['passerelle tasks set sync_students --minute 30 --hour 2', 'every day at 02:30'],
      ['passerelle tasks set sync_sites --weekday 1-5', 'on working days only'],
      ['passerelle tasks set sync_students --guard removals=30,10%', 'hold what goes beyond'],
    ],
  })
    .option('--minute <field>', '0 to 59')
    .option('--hour <field>', '0 to 23')
    .option('--day <field>', 'of the month, 1 to 31')
    .option('--month <field>', '1 to 12')
    .option('--weekday <field>', '0 to 7')
    .option('--guard <guard>', 'name=setting; may be given several times', guardSetting, {})
    .action((task: TaskName, options: SetOptions) => {
      const { json, guard: guards, ...fields } = options;
      if (Object.keys(fields).length + Object.keys(guards).length === 0) {
        throw new UsageError(
          'Nothing to set. Give at least one of --minute, --hour, --day, --month, --weekday, --guard.',
        );
      }
      return app.perform(async (c) =>
        (await import('./tasks-change.js')).changeTaskCommand(
          c,
          task,
          { kind: 'set', fields, guards },
          json ? { json } : {},
        ),
      );
    });
}

const SWITCHES = [
  { kind: 'enable', summary: 'schedule a task again' },
  { kind: 'disable', summary: 'schedule a task no longer; it can still be run by hand' },
  { kind: 'reset', summary: 'go back to the default schedule and guards of a task' },
] as const;

function addSwitchCommands(tasks: Command, app: App): void {
  for (const { kind, summary } of SWITCHES) {
    addTaskCommand(tasks, {
      usage: kind,
      summary,
      examples: [[`passerelle tasks ${kind} sync_tutors`, summary]],
    }).action((task: TaskName, options: { json?: true }) =>
      app.perform(async (c) =>
        (await import('./tasks-change.js')).changeTaskCommand(c, task, { kind }, options),
      ),
    );
  }
}

function addRunCommand(tasks: Command, app: App): void {
  addTaskCommand(tasks, {
    usage: 'run',
    summary: 'run a task now, a disabled one too',
    more: `With a worker running the run is put on its queue, and --wait waits for the end.
With none, this command does the work itself.
With --dry-run it reads the source, shows what a run would change, and changes nothing; it
always waits for the end. The plan is kept: "passerelle runs show ID --changes".
Exit status: 0 succeeded or enqueued, 1 failed or cancelled, 3 held or partial.`,
    examples: [
      ['passerelle tasks run sync_students --wait', 'and wait for its end'],
      ['passerelle tasks run sync_students --site 2', 'one site only; suspends nobody'],
      ['passerelle tasks run sync_students --dry-run', 'only what it would change'],
    ],
  })
    .option('--site <code>', 'read this site only')
    .option('--wait', 'wait for its end')
    .option('--dry-run', 'show what it would change, and change nothing')
    .option('--changes', 'with --dry-run: show each change too, field by field')
    .option('--csv', 'with --dry-run: print the changes as CSV')
    .action((task: TaskName, options: RunTaskOptions) => {
      if (!options.dryRun && (options.changes || options.csv)) {
        throw new UsageError(
          `${options.csv ? '--csv' : '--changes'} goes with --dry-run; "passerelle runs show ID --changes" shows what a run has changed.`,
        );
      }
      return app.perform(async (c) => (await import('./tasks-run.js')).runTask(c, task, options));
    });
}
