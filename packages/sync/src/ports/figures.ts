import type { RunState, TaskName } from '@passerelle/roster';
import type { CallPurpose } from './source-gate.js';
import type { RunCounts } from './runs.js';

/** A run that has ended. */
export interface EndedRun {
  task: TaskName;
  state: RunState;
  dryRun: boolean;
  /** From its beginning to its end; null: it never began. */
  seconds: number | null;
  counts: RunCounts;
}

/** Calls to the source that have ended, of one kind. */
export interface EndedCalls {
  purpose: CallPurpose;
  outcome: string;
  count: number;
  seconds: number;
}

/** Up to where somebody has read what has happened. */
export interface FiguresPosition {
  /** The last event of a run. */
  runEvent: string;
  /** Calls that ended until then, by the database's clock. */
  callsUntil: Date;
}

/** What has happened since then in the whole cluster, and where to go on. */
export interface FiguresSince {
  runs: EndedRun[];
  calls: EndedCalls[];
  position: FiguresPosition;
}

/** Figures of the whole cluster, as far as the database knows them; bounded however much there is. */
export interface FiguresReader {
  /** The present: nothing has happened since. */
  position(): Promise<FiguresPosition>;
  since(position: FiguresPosition): Promise<FiguresSince>;
  /** How many runs are in each state that is not an end, and which tasks there are. */
  state(): Promise<{
    runs: { task: TaskName; state: RunState; count: number }[];
    tasks: { name: TaskName; disabled: boolean; lastGoodAt: Date | null }[];
  }>;
}
