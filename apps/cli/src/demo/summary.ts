import type { RegistrySummary, Run } from '@passerelle/sync';
import { renderRuns } from '../commands/runs-list.js';
import type { Context } from '../context.js';
import { renderRegistry } from '../output/registry.js';

const NEXT_COMMANDS: readonly (readonly [string, string])[] = [
  ['npx passerelle users list --kind student --limit 5', 'some learners'],
  ['npx passerelle tasks list', 'when each task runs by itself'],
  ['npx passerelle tasks run sync_students --wait', 'synchronise the learners now'],
  ['npx passerelle runs list', 'what was run'],
  ['npx passerelle doctor', 'how everything is'],
];

/** What the demo did, what there is now, and what to try next. */
export function describeDemo(
  context: Pick<Context, 'terminal' | 'format'>,
  runs: readonly Run[],
  registry: RegistrySummary,
): string {
  const problems = runs.flatMap((run) => {
    const why = run.error ?? run.holdReason;
    return why === null ? [] : [`${run.task} ${run.state}: ${why}`];
  });
  const width = Math.max(...NEXT_COMMANDS.map(([line]) => line.length));
  const next = NEXT_COMMANDS.map(([line, what]) => `  ${line.padEnd(width)}  # ${what}`);
  return [
    '',
    renderRuns(context, runs),
    ...(problems.length > 0 ? ['', ...problems] : []),
    '',
    'The registry now holds:',
    renderRegistry(registry),
    '',
    'To try next, in another terminal:',
    ...next,
  ].join('\n');
}
