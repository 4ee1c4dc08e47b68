/** Permits in a row that one process keeps among its own calls, at most. */
const MOST_IN_A_ROW = 8;

/** Which permits that come back the next call of the same process is to have. */
export interface Handover {
  /**
   * A permit is about to come back: is one of so many that wait here to take it, without
   * anybody elsewhere being told? Each that was told would look, and all but one in vain.
   */
  keep(waiting: number): boolean;
  /** Somebody here looked for a permit. */
  looked(found: boolean): void;
}

/**
 * Passes permits on within the process, as long as more wait here than were passed on
 * and not taken yet. The others get their turn: every so often everybody is told. Should
 * who waits here leave instead, the others find the permit by looking (`TOLD_LOOK_MS`).
 */
export function createHandover(): Handover {
  let untaken = 0;
  let inARow = 0;
  return {
    keep: (waiting) => {
      if (waiting <= untaken || inARow >= MOST_IN_A_ROW) {
        inARow = 0;
        return false;
      }
      untaken += 1;
      inARow += 1;
      return true;
    },
    looked: (found) => {
      // Nothing to be had: what was passed on is with somebody else.
      untaken = found ? Math.max(0, untaken - 1) : 0;
    },
  };
}
