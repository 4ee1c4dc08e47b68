import { type IsoDate, todayIn } from '@passerelle/roster';
import type { SyncContext } from '../context.js';

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
