import type { CapacityPlan } from './plan.js';
import type { TimeWindow } from './windows.js';

/**
 * PHP-FPM behind nginx, in numbers. docs/simulator.md says of each what it stands for
 * and why its default is what it is.
 */
export interface FpmSettings {
  /** `pm.max_children`: children that work at once. */
  capacity: CapacityPlan;
  /** `listen.backlog`: calls that wait for a child; beyond it nginx answers 502 at once. */
  backlog: number;
  /** The median time a call takes when it is alone. */
  latencyMs: number;
  /** Sigma of the log-normal spread about the median; 0: none. */
  jitter: number;
  /** What each other busy child adds to a call's time, as a share of it. */
  slowdown: number;
  /** How fast an answer is made; null: its size costs nothing. */
  bytesPerSecond: number | null;
  /** A child dies on an answer larger than this while another such one is under way; null: never. */
  segfaultAboveBytes: number | null;
  /** A child dies on any answer larger than this; null: never. */
  maxAnswerBytes: number | null;
  /** How long a dead child's place stays empty. */
  respawnMs: number;
  /** When nginx gives up on a call (504) and its child is ended, counted from its arrival. */
  timeLimitMs: number;
  /** nginx answers 503 with Retry-After. */
  maintenance: readonly TimeWindow[];
  /** Nothing works: what was under way dies, what comes is turned away. */
  outage: readonly TimeWindow[];
  /** Which calls take how long, and how a child dies. */
  seed: number;
}

/** A server that bears everything and takes no time. */
export const FPM_DEFAULTS: FpmSettings = {
  capacity: null,
  backlog: 0,
  latencyMs: 0,
  jitter: 0,
  slowdown: 0,
  bytesPerSecond: null,
  segfaultAboveBytes: null,
  maxAnswerBytes: null,
  respawnMs: 1_000,
  timeLimitMs: 30_000,
  maintenance: [],
  outage: [],
  seed: 1,
};
