/** What becomes of a call before its answer is looked at. */
export type Verdict = { outcome: 'serve'; delayMs: number } | { outcome: 'refuse' };

/**
 * How the server bears load. Every admitted call is released when the server has done
 * with it, whether or not its client is still there.
 */
export interface LoadModel {
  admit(operation: string): Verdict;
  release(): void;
  /** Calls admitted and not yet released. */
  busy(): number;
}

/** A fixed number of calls at once (null: any), each taking a fixed time. */
export function createCapacityModel(settings: {
  capacity: number | null;
  latencyMs: number;
}): LoadModel {
  let busy = 0;
  return {
    admit() {
      if (settings.capacity !== null && busy >= settings.capacity) {
        return { outcome: 'refuse' };
      }
      busy += 1;
      return { outcome: 'serve', delayMs: settings.latencyMs };
    },
    release() {
      busy -= 1;
    },
    busy: () => busy,
  };
}
