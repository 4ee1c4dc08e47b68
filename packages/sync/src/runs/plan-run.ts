import { planMissing, type PlanOutcome, planParts, TASKS, todayIn } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { Run } from '../ports/runs.js';
import { findShortfall } from './find-shortfall.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'registry' | 'source' | 'now' | 'timeZone' | 'periodAheadDays'
>;

/** What a run is to read today: all that its task reads, or what the run it retries lacked. */
export async function planRun(deps: Deps, run: Run): Promise<PlanOutcome> {
  return run.onlyMissing ? planRetry(deps, run) : planWhole(deps, run);
}

/** Every part of a task, as today's definitions, sites and groups have it. */
export async function planWhole(
  deps: Omit<Deps, 'runs'>,
  { task, siteCode }: Pick<Run, 'task' | 'siteCode'>,
): Promise<PlanOutcome> {
  return planParts({
    readings: TASKS[task].readings,
    splitOf: (reading) => deps.source.splitOf(reading),
    data: await deps.registry.planningData(),
    today: todayIn(deps.timeZone, deps.now()),
    periodAheadDays: deps.periodAheadDays,
    siteCode,
  });
}

/** What a run lacked, as parts of today; not to be had where it can only be read with all the rest. */
export async function planShortfall(deps: Deps, run: Run): Promise<PlanOutcome> {
  const { missing } = await findShortfall(deps, run);
  const plan = await planWhole(deps, run);
  if (!plan.ok) return plan;
  const parts = planMissing(missing, {
    parts: plan.parts,
    piecesOf: (reading) => deps.source.piecesOf(reading),
    data: await deps.registry.planningData(),
  });
  if (parts !== null && parts.length > 0) return { ok: true, parts };
  return {
    ok: false,
    sentence: `What run ${run.id} lacked cannot be read by itself any more (its periods, sites or groups are not those that are read today): "passerelle runs retry ${run.id} --whole" reads everything.`,
  };
}

async function planRetry(deps: Deps, { retryOfId }: Run): Promise<PlanOutcome> {
  const original = retryOfId === null ? null : await deps.runs.getRun(retryOfId);
  if (original !== null) return planShortfall(deps, original);
  return {
    ok: false,
    sentence: 'The run that this one retries is no longer known: run the task again.',
  };
}
