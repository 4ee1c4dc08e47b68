import type { SyncContext } from '../context.js';
import { claimRetry } from './source-state.js';

/**
 * Takes a retry out of the cluster's budget, and says how long to wait before it, in
 * milliseconds. Whoever makes a failed call again asks here first: there is no other
 * retry layer (facts/operations.md, overload control).
 *
 * @param tries how often the part has failed, from 1
 */
export function retryDelayMs(
  { sourceState, overload, random }: Pick<SyncContext, 'sourceState' | 'overload' | 'random'>,
  tries: number,
): Promise<number> {
  return sourceState.settle({}, overload.serverLimitMs, (state, now) =>
    claimRetry(state, overload, tries, now, random),
  );
}
