import { RUN_STATES, type RunState, type TaskName } from '@passerelle/roster';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { UsageError } from '../errors.js';
import { oneOf, pageSize, runId, taskName } from '../options.js';
import { oneLine } from './access-options.js';
import { addFilterOptions } from './plan-options.js';
import type { ChangesOptions } from './runs-changes.js';
import type { DecideOptions } from './runs-decide.js';
import type { RetryCommandOptions } from './runs-retry.js';

/** `passerelle runs …` */
export function addRunsCommands(program: Command, app: App): void {
  const runs = addGroup(program, 'runs', 'see, retry, cancel, approve and reject runs');
  addListCommand(runs, app);
  addShowCommand(runs, app);
  addCommand(runs, {
    usage: 'retry',
    summary: 'make good an ended run: read again what it lacked',
    more: `Of a partial run only the parts that failed are read again: what they bring is added
and updated, and nobody is suspended; that is for the next whole run. Of a run of which
nothing was applied everything is read again.`,
    examples: [
      ['passerelle runs retry 12', 'put it on the queue'],
      ['passerelle runs retry 12 --wait', 'and wait for its end'],
      ['passerelle runs retry 12 --whole', 'read everything again'],
    ],
  })
    .argument('<id>', 'number of the run', runId)
    .option('--whole', 'read everything, also what the run has read')
    .option('--wait', 'wait for its end')
    .option('--json', 'print one JSON document')
    .action((id: number, options: RetryCommandOptions) =>
      app.perform(async (c) => (await import('./runs-retry.js')).retryRunCommand(c, id, options)),
    );
  addCommand(runs, {
    usage: 'cancel',
    summary: 'cancel a run: nothing of it is applied any more',
    examples: [['passerelle runs cancel 12', 'stops within seconds, wherever it runs']],
  })
    .argument('<id>', 'number of the run', runId)
    .option('--json', 'print one JSON document')
    .action((id: number, options: { json?: true }) =>
      app.perform(async (c) => (await import('./runs-cancel.js')).cancelRunCommand(c, id, options)),
    );
  addDecisionCommands(runs, app);
}

const DECISIONS = [
  {
    usage: 'approve',
    summary: 'apply the removals that a run holds back',
    more: `What no longer fits the registry is left out. A newer complete run of the task
decides for itself: what older ones hold is dropped then.`,
    example: 'passerelle runs approve 12 --reason "The site has closed."',
    decide: 'approveRunCommand',
  },
  {
    usage: 'reject',
    summary: 'drop the removals that a run holds back; the run is partial then',
    more: 'The next complete run of the task looks at them again.',
    example: 'passerelle runs reject 12 --reason "NetYParéo was being restored."',
    decide: 'rejectRunCommand',
  },
] as const;

function addDecisionCommands(runs: Command, app: App): void {
  for (const { usage, summary, more, example, decide } of DECISIONS) {
    addCommand(runs, { usage, summary, more, examples: [[example, summary]] })
      .argument('<id>', 'number of the run', runId)
      .requiredOption('--reason <text>', 'why; kept in the audit', oneLine)
      .option('--by <name>', 'who decides; the operating system’s user where left out', oneLine)
      .option('--json', 'print one JSON document')
      .action((id: number, options: DecideOptions) =>
        app.perform(async (c) => (await import('./runs-decide.js'))[decide](c, id, options)),
      );
  }
}

function addShowCommand(runs: Command, app: App): void {
  const show = addCommand(runs, {
    usage: 'show',
    summary: 'show a run with its parts, or each change that it made',
    more: `Of a dry run the changes are those that it found the run would make. --csv prints all of
them, field by field; the other forms print a page.`,
    examples: [
      ['passerelle runs show 12', 'what run 12 read, and which parts failed'],
      ['passerelle runs show 12 --changes --kind suspended', 'whom it suspended'],
      ['passerelle runs show 12 --changes --site 2 --csv', 'what it changed of site 2, to a file'],
    ],
  });
  addFilterOptions(
    show
      .argument('<id>', 'number of the run', runId)
      .option('--changes', 'show its changes, field by field'),
  )
    .option('--limit <n>', 'how many changes at a time', pageSize, 100)
    .option('--cursor <cursor>', 'go on from a page’s nextCursor')
    .option('--json', 'print one JSON document')
    .option('--csv', 'print the changes as CSV')
    .action((id: number, { changes, ...options }: ChangesOptions & { changes?: true }) => {
      const names = ['entity', 'kind', 'site', 'group', 'user', 'cursor', 'csv'] as const;
      const stray = names.find((name) => options[name] !== undefined);
      if (changes)
        return app.perform(async (c) =>
          (await import('./runs-changes.js')).showChanges(c, id, options),
        );
      if (stray !== undefined) throw new UsageError(`--${stray} goes with --changes.`);
      return app.perform(async (c) =>
        (await import('./runs-show.js')).showRun(c, id, options.json ? { json: true } : {}),
      );
    });
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
    .action((options: ListOptions) =>
      app.perform(async (c) => (await import('./runs-list.js')).listRuns(c, options)),
    );
}
