import { ProblemError } from '../problems/problem-error.js';

/** A process follows for so many at once, and for one caller so many. */
const MOST = 200;
const MOST_OF_ONE = 12;

/** Counts the streams that are open. */
export interface OpenStreams {
  /**
   * Takes a place; what is returned gives it back.
   * @throws ProblemError where there is none
   */
  take(caller: string): () => void;
}

/** Makes a count. */
export function createOpenStreams(): OpenStreams {
  const byCaller = new Map<string, number>();
  let all = 0;
  return {
    take: (caller) => {
      const own = byCaller.get(caller) ?? 0;
      if (all >= MOST || own >= MOST_OF_ONE) {
        throw new ProblemError('rate-limited', {
          detail: `At most ${MOST_OF_ONE} event streams can be open for one caller.`,
          headers: { 'retry-after': '10' },
        });
      }
      all += 1;
      byCaller.set(caller, own + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        all -= 1;
        const left = (byCaller.get(caller) ?? 1) - 1;
        if (left === 0) byCaller.delete(caller);
        else byCaller.set(caller, left);
      };
    },
  };
}
