import type { RunState, TaskName } from '@passerelle/roster';
import { type Run, runSeconds, toListJson, toRunJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Format } from '../output/format.js';
import { renderTable, type Cell } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';
import { sayWait } from '../output/wait.js';

const HEAD = [
  'Run',
  'Task',
  'State',
  'Trigger',
  'Read',
  'Created',
  'Updated',
  'Unchanged',
  'Suspended',
  'Rejected',
  'Started',
  'Took',
];

/** `passerelle runs list` */
export async function listRuns(
  context: Context,
  options: { task?: TaskName; state?: RunState; limit: number; cursor?: number; json?: true },
): Promise<ExitCode> {
  const { runs } = await context.stores();
  const found = await runs.listRuns({
    limit: options.limit + 1,
    ...(options.task === undefined ? {} : { task: options.task }),
    ...(options.state === undefined ? {} : { states: [options.state] }),
    ...(options.cursor === undefined ? {} : { beforeId: options.cursor }),
  });
  const page = found.slice(0, options.limit);
  const nextCursor = found.length > page.length ? String(page.at(-1)?.id) : null;
  if (options.json) {
    sayJson(context.terminal, toListJson(page.map(toRunJson), nextCursor));
    return EXIT.done;
  }
  if (page.length === 0) say(context.terminal, 'No run yet.');
  else say(context.terminal, renderRuns(context, page));
  const waits = page.flatMap(({ id, wait }) =>
    wait === null ? [] : [`Run ${id}: ${sayWait(context, wait)}.`],
  );
  if (waits.length > 0) say(context.terminal, `\n${waits.join('\n')}`);
  if (nextCursor !== null) say(context.terminal, `\nMore: --cursor ${nextCursor}`);
  return EXIT.done;
}

/** Runs as a table. */
export function renderRuns(
  context: Pick<Context, 'terminal' | 'format'>,
  runs: readonly Run[],
): string {
  return renderTable(
    context.terminal,
    HEAD,
    runs.map((run) => toRow(run, context.format)),
  );
}

function toRow(run: Run, format: Format): Cell[] {
  const { read, created, updated, unchanged, suspended, rejected } = run.counts;
  return [
    run.id,
    `${run.task}${limitOf(run)}`,
    run.state,
    triggerOf(run),
    ...[read, created, updated, unchanged, suspended, rejected],
    format.instant(run.startedAt),
    format.seconds(runSeconds(run)),
  ];
}

function triggerOf({ trigger, dryRun, onlyMissing }: Run): string {
  if (onlyMissing) return `${trigger}, missing parts`;
  return dryRun ? `${trigger}, dry run` : trigger;
}

/** What the run is limited to, if it is. */
function limitOf({ siteCode, userId }: Run): string {
  if (userId !== null) return ' (one person)';
  return siteCode === null ? '' : ` (site ${siteCode})`;
}
