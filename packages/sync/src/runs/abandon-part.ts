import type { SyncContext } from '../context.js';
import type { Failure } from '../ports/runs.js';

/**
 * Marks a part failed for which the queue will make no further try, whatever
 * the reason. Does nothing when the part has ended already.
 */
export async function abandonPart(
  deps: Pick<SyncContext, 'runs' | 'now'>,
  runId: number,
  partNumber: number,
  failure: Failure,
): Promise<void> {
  const part = await deps.runs.beginPart(runId, partNumber, deps.now());
  if (part === null) return;
  await deps.runs.failPart(runId, partNumber, part.attempt, failure, deps.now());
}
