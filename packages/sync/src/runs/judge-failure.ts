import type { PartPage } from '@passerelle/roster';
import type { RunPart } from '../ports/runs.js';
import type { SourceError } from '../ports/source.js';

/**
 * What to do about a part that could not be read.
 * - `rest`: the call was not made, for the source rests
 * - `again`: the same call later, with so many failures counted
 * - `cut`: ask for it in pieces
 * - `setAside`: one record breaks the answer, and no smaller piece can be asked for
 * - `giveUp`: not in this run
 */
export type FailureVerdict =
  | { verdict: 'rest' }
  | { verdict: 'again'; tries: number }
  | { verdict: 'cut'; because: 'overload' | 'unreadable' }
  | { verdict: 'setAside'; page: PartPage }
  | { verdict: 'giveUp' };

/** Failures after which what could be the moment's fault is taken for the size's. */
const TRIES_BEFORE_CUTTING = 2;

/**
 * Decides about a part after a failure. An overload counts against the part only
 * if the source has answered somebody since the part failed last; otherwise it is
 * the source that is in trouble, and the part waits with all the others.
 *
 * @param circumstances `canCut`: the contract allows smaller pieces; `attempts`:
 *   failures after which a part is given up; `lastSuccessAt`: when the source last
 *   answered anybody, in milliseconds since 1970
 */
export function judgeFailure(
  part: Pick<RunPart, 'tries' | 'failedAt' | 'page'>,
  error: Pick<SourceError, 'kind' | 'retryable' | 'overload'>,
  circumstances: { canCut: boolean; attempts: number; lastSuccessAt: number | null },
): FailureVerdict {
  const { canCut, attempts } = circumstances;
  if (error.kind === 'resting') return { verdict: 'rest' };
  if (error.kind === 'too_large' && canCut) return { verdict: 'cut', because: 'overload' };
  const isUnreadable = error.kind === 'unreadable';
  if (!error.retryable && !isUnreadable) return { verdict: 'giveUp' };

  const tries = part.tries + (countsAgainstPart(part, error, circumstances) ? 1 : 0);
  // A fault that speaks of a bad record would come again.
  const isCertain = isUnreadable && !error.retryable;
  const enough = Math.min(TRIES_BEFORE_CUTTING, attempts);
  if (tries < enough && !isCertain) return { verdict: 'again', tries };
  if (isUnreadable) {
    if (canCut) return { verdict: 'cut', because: 'unreadable' };
    return part.page === null ? { verdict: 'giveUp' } : { verdict: 'setAside', page: part.page };
  }
  if (error.overload !== undefined && canCut) return { verdict: 'cut', because: 'overload' };
  return tries < attempts ? { verdict: 'again', tries } : { verdict: 'giveUp' };
}

function countsAgainstPart(
  { failedAt }: Pick<RunPart, 'failedAt'>,
  { overload }: Pick<SourceError, 'overload'>,
  { lastSuccessAt }: { lastSuccessAt: number | null },
): boolean {
  if (overload === undefined || failedAt === null) return true;
  return lastSuccessAt !== null && lastSuccessAt > failedAt.getTime();
}
