import { TASK_NAMES, type TaskName } from '@passerelle/roster';
import type { Run } from '@passerelle/sync';
import type { Context } from '../context.js';
import { sayWait } from '../output/wait.js';
import { broken, type Finding, fine, warn } from './finding.js';

/** How the last run of each task ended. */
export async function checkRuns(context: Context): Promise<Finding[]> {
  const { runs } = await context.stores();
  const findings: Finding[] = [];
  const shown = new Set<number>();
  for (const task of TASK_NAMES) {
    const [last] = await runs.listRuns({ task, dryRun: false, onePerson: false, limit: 1 });
    if (last !== undefined) shown.add(last.id);
    findings.push(judge(context, task, last));
  }
  const held = await runs.listRuns({ states: ['held'], limit: MOST_HELD });
  return [
    ...findings,
    ...held.filter(({ id }) => !shown.has(id)).map((run) => judgeHeld(context, run)),
  ];
}

const MOST_HELD = 20;

/** One that waits for a decision behind the last of its task, or of one person. */
function judgeHeld({ format }: Context, { id, task, userId, endedAt }: Run): Finding {
  const what = userId === null ? task : `${task}, one person`;
  return warn('runs', `${what}: run ${id} held, ${format.instant(endedAt)}.`, adviceOnHeld(id));
}

function judge(context: Context, task: TaskName, last: Run | undefined): Finding {
  if (last === undefined) {
    return warn('runs', `${task} was never run.`, `"passerelle tasks run ${task}" runs it.`);
  }
  if (last.wait !== null) {
    return warn(
      'runs',
      `${task}: run ${last.id}: ${sayWait(context, last.wait, 'en')}.`,
      'It goes on by itself; nothing needs to be done.',
    );
  }
  const { format } = context;
  const message = `${task}: run ${last.id} ${last.state}, ${format.instant(last.endedAt ?? last.startedAt ?? last.queuedAt)}.`;
  const advice = `"passerelle runs show ${last.id}" says why; "passerelle runs retry ${last.id}" tries again.`;
  if (last.state === 'held') return warn('runs', message, adviceOnHeld(last.id));
  if (last.state === 'failed') return broken('runs', message, advice);
  const isPassing = last.state === 'partial' || last.state === 'cancelled';
  return isPassing ? warn('runs', message, advice) : fine('runs', message);
}

const adviceOnHeld = (id: number): string =>
  `"passerelle runs show ${id}" says why; "passerelle runs approve ${id} --reason …" or "runs reject" decides.`;
