import { DEFAULT_USERTYPES, type IsoDate, latestAdultBirthDate, todayIn } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { ReconcileContext } from '../ports/registry.js';

/**
 * The day for which a run reads and computes: the one on which it began, in the
 * time zone of the centre, so that midnight in mid-run changes nothing.
 */
export async function dayOfRun(
  deps: Pick<SyncContext, 'runs' | 'now' | 'timeZone'>,
  runId: number,
): Promise<IsoDate> {
  const run = await deps.runs.getRun(runId);
  return todayIn(deps.timeZone, run?.startedAt ?? deps.now());
}

/** What applying a run needs to know of its day. */
export async function contextOfRun(
  deps: Pick<SyncContext, 'runs' | 'now' | 'timeZone' | 'leaving'>,
  runId: number,
): Promise<ReconcileContext> {
  const today = await dayOfRun(deps, runId);
  return {
    now: deps.now(),
    today,
    adultBornOnOrBefore: latestAdultBirthDate(today),
    defaultUsertypes: DEFAULT_USERTYPES,
    leaving: deps.leaving,
  };
}
