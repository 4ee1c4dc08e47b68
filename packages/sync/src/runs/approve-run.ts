import { DEFAULT_USERTYPES, latestAdultBirthDate, todayIn } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { ApproveOutcome, RunDecision } from '../ports/registry.js';
import type { Run } from '../ports/runs.js';
import { recordOutcome } from './end-run.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'tasks' | 'registry' | 'now' | 'timeZone' | 'leaving' | 'log'
>;

/**
 * Applies what a run held, as far as it still fits, and at once: whoever approves has
 * looked, and nobody's grace is waited for. The run has succeeded then,
 * which is a good sync of its task, unless one has failed since.
 */
export async function approveRun(
  deps: Deps,
  runId: number,
  decision: RunDecision,
): Promise<ApproveOutcome> {
  const now = deps.now();
  // What counts today is said as of today, not of the day of the run.
  const today = todayIn(deps.timeZone, now);
  const result = await deps.registry.approveRun(runId, decision, {
    ...{ now, today, adultBornOnOrBefore: latestAdultBirthDate(today) },
    ...{ defaultUsertypes: DEFAULT_USERTYPES, leaving: deps.leaving },
  });
  if (result.outcome !== 'approved') return result;
  const { run, applied, leftOut } = result;
  deps.log.info({ runId, task: run.task, applied, leftOut }, 'held removals approved');
  if (!(await hasFailedSince(deps, run))) await recordOutcome(deps, run);
  return result;
}

/** Whether a newer run of the task puts off its next try; that stays as it is. */
async function hasFailedSince({ runs }: Pick<Deps, 'runs'>, run: Run): Promise<boolean> {
  const failed = await runs.listRuns({
    ...{ task: run.task, states: ['failed', 'partial'], whole: true, limit: 1 },
  });
  return failed.some(({ id }) => id > run.id);
}
