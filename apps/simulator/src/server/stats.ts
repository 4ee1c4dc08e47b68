/** What became of the calls so far, as `GET /stats` tells. */
export interface SimulatorStats {
  calls: number;
  /** `ok`, `fault`, `capacity502`, `http502`, `reset`, … → how many. */
  byOutcome: Record<string, number>;
  inFlight: number;
  /** The most calls it saw at once, those it refused included. */
  maxInFlight: number;
}

/** Counts calls. */
export interface StatsKeeper {
  /** A call arrived; returns how many are under way with it. */
  begin(): number;
  outcome(name: string): void;
  end(): void;
  read(): SimulatorStats;
  /** Forgets all but what is under way. */
  reset(): void;
}

/** Starts counting. */
export function createStats(): StatsKeeper {
  let calls = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  let byOutcome = new Map<string, number>();
  return {
    begin() {
      calls += 1;
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
      return inFlight;
    },
    outcome(name) {
      byOutcome.set(name, (byOutcome.get(name) ?? 0) + 1);
    },
    end() {
      inFlight -= 1;
    },
    read: () => ({ calls, byOutcome: Object.fromEntries(byOutcome), inFlight, maxInFlight }),
    reset() {
      calls = 0;
      maxInFlight = inFlight;
      byOutcome = new Map();
    },
  };
}
