import type { TaskName } from '@passerelle/roster';
import { RUN_STATES, type RunState } from '@passerelle/sync';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { oneOf, pageSize, runId, taskName } from '../options.js';
import { cancelRunCommand } from './runs-cancel.js';
import { listRuns } from './runs-list.js';
import { retryRunCommand } from './runs-retry.js';
import { showRun } from './runs-show.js';

/** `passerelle runs …` */
export function addRunsCommands(program: Command, app: App): void {
  const runs = addGroup(program, 'runs', 'see, retry and cancel runs');
  addListCommand(runs, app);
  addCommand(runs, {
    usage: 'show',
    summary: 'show a run with its parts',
    examples: [['passerelle runs show 12', 'what run 12 read, and which parts failed']],
  })
    .argument('<id>', 'number of the run', runId)
    .option('--json', 'print one JSON document')
    .action((id: number, options: { json?: true }) => app.perform((c) => showRun(c, id, options)));
  addCommand(runs, {
    usage: 'retry',
    summary: 'run the task of an ended run once more',
    examples: [
      ['passerelle runs retry 12', 'put it on the queue'],
      ['passerelle runs retry 12 --wait', 'and wait for its end'],
    ],
  })
    .argument('<id>', 'number of the run', runId)
    .option('--wait', 'wait for its end')
    .option('--json', 'print one JSON document')
    .action((id: number, options: { wait?: true; json?: true }) =>
      app.perform((c) => retryRunCommand(c, id, options)),
    );
  addCommand(runs, {
    usage: 'cancel',
    summary: 'cancel a run: nothing of it is applied any more',
    examples: [['passerelle runs cancel 12', 'stops within seconds, wherever it runs']],
  })
    .argument('<id>', 'number of the run', runId)
    .option('--json', 'print one JSON document')
    .action((id: number, options: { json?: true }) =>
      app.perform((c) => cancelRunCommand(c, id, options)),
    );
}

interface ListOptions {
  task?: TaskName;
  state?: RunState;
  limit: number;
  cursor?: number;
  json?: true;
}

function addListCommand(runs: Command, app: App): void {
  addCommand(runs, {
    usage: 'list',
    summary: 'list runs, newest first',
    examples: [
      ['passerelle runs list', 'the last runs'],
      ['passerelle runs list --task sync_students --state failed', 'the failed ones of a task'],
    ],
  })
    .option('--task <task>', 'of this task only', taskName)
    .option('--state <state>', 'in this state only', oneOf('state', RUN_STATES))
    .option('--limit <n>', 'how many at most', pageSize, 20)
    .option('--cursor <cursor>', 'go on from a page’s nextCursor', runId)
    .option('--json', 'print one JSON document')
    .action((options: ListOptions) => app.perform((c) => listRuns(c, options)));
}
