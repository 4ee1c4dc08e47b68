import { isBulk } from '../load/fpm-model.js';
import { createHistogram, type Histogram, type Percentiles } from './histogram.js';
import { createTimeline, type TimelineReading } from './timeline.js';

/** What became of the calls of one operation. */
export interface OperationStats {
  calls: number;
  byOutcome: Record<string, number>;
  /** Of those that ended `ok`, from their arrival to the end of their answer. */
  latency: Percentiles;
}

/** What became of the calls so far, as `GET /stats` tells. Downloads of the WSDL are no calls. */
export interface SimulatorStats {
  calls: number;
  /** `ok`, `fault`, `capacity502`, `http502`, `reset`, … → how many. */
  byOutcome: Record<string, number>;
  /** Calls under way, whose clients may have gone: the server works on for them. */
  inFlight: number;
  /** The most calls it saw at once, those it refused included. */
  maxInFlight: number;
  /** The same without logins and sign-ins. */
  maxInFlightBulk: number;
  /** Of all that ended `ok`. */
  latency: Percentiles;
  byOperation: Record<string, OperationStats>;
  timeline: TimelineReading;
}

/** One call under way. */
export interface CallTally {
  /** Its operation, once it is known. */
  name(operation: string): void;
  outcome(name: string): void;
  end(): void;
}

/** Counts calls. */
export interface StatsKeeper {
  /** A call arrived. */
  begin(): CallTally;
  read(): SimulatorStats;
  /** Forgets all but what is under way. */
  reset(): void;
}

/** @param now milliseconds that never go back */
export function createStats(now: () => number): StatsKeeper {
  let inFlight = 0;
  let bulkInFlight = 0;
  let record = createRecord(now(), 0, 0);
  const note = (): void => record.note(now(), inFlight, bulkInFlight);
  return {
    begin() {
      const beganMs = now();
      let operation = 'unknown';
      let outcome = 'aborted';
      let bulk = 0;
      record.begin();
      inFlight += 1;
      note();
      return {
        name(known) {
          operation = known;
          bulk = isBulk(known) ? 1 : 0;
          bulkInFlight += bulk;
          note();
        },
        outcome(name) {
          outcome = name;
          record.count(operation, outcome);
        },
        end() {
          inFlight -= 1;
          bulkInFlight -= bulk;
          note();
          if (outcome === 'ok') record.time(operation, now() - beganMs);
        },
      };
    },
    read: () => ({ ...record.read(now()), inFlight }),
    reset() {
      record = createRecord(now(), inFlight, bulkInFlight);
    },
  };
}

interface StatsRecord {
  begin(): void;
  note(nowMs: number, inFlight: number, bulkInFlight: number): void;
  count(operation: string, outcome: string): void;
  time(operation: string, ms: number): void;
  read(nowMs: number): Omit<SimulatorStats, 'inFlight'>;
}

/** All that a reset forgets. */
function createRecord(startMs: number, inFlight: number, bulkInFlight: number): StatsRecord {
  const all = createCounter();
  const operations = new Map<string, Counter>();
  const timeline = createTimeline(startMs, inFlight);
  let calls = 0;
  let maxInFlight = inFlight;
  let maxInFlightBulk = bulkInFlight;
  const of = (operation: string): Counter => {
    const known = operations.get(operation) ?? createCounter();
    operations.set(operation, known);
    return known;
  };
  return {
    begin() {
      calls += 1;
    },
    note(nowMs, current, bulk) {
      timeline.note(nowMs, current);
      maxInFlight = Math.max(maxInFlight, current);
      maxInFlightBulk = Math.max(maxInFlightBulk, bulk);
    },
    count(operation, outcome) {
      for (const counter of [all, of(operation)]) counter.count(outcome);
    },
    time(operation, ms) {
      for (const counter of [all, of(operation)]) counter.times.add(ms);
    },
    read(nowMs) {
      const { byOutcome, latency } = all.read();
      return {
        ...{ calls, byOutcome, maxInFlight, maxInFlightBulk, latency },
        byOperation: Object.fromEntries([...operations].map(([name, it]) => [name, it.read()])),
        timeline: timeline.read(nowMs),
      };
    },
  };
}

interface Counter {
  times: Histogram;
  count(outcome: string): void;
  read(): OperationStats;
}

function createCounter(): Counter {
  const times = createHistogram();
  const outcomes = new Map<string, number>();
  return {
    times,
    count: (outcome) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1),
    read: () => ({
      calls: [...outcomes.values()].reduce((sum, count) => sum + count, 0),
      byOutcome: Object.fromEntries(outcomes),
      latency: times.read(),
    }),
  };
}
