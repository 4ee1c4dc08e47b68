import type { Reading } from '@passerelle/roster';
import type { SourceEvent } from '../overload/events.js';
import type { SourceState } from '../overload/source-state.js';
import type { CallOutcome, CallPurpose, SourceCall } from './source-gate.js';

/** Which permits a call may have. Permits are numbered from 1 to `hardCap`. */
export interface PermitRequest extends SourceCall {
  /** The most permits there are, over all processes and purposes. */
  hardCap: number;
  /** The first so many are not for this call: one, kept for logins, while reading. */
  reserved: number;
  /** Only while fewer calls than the adaptive limit are under way, all purposes counted. */
  withinLimit: boolean;
  /** Even while the source rests: logins, probes, and people who look at the source. */
  evenAtRest: boolean;
  /**
   * For how long a permit holds without being renewed, in milliseconds. No less than
   * the server works on a call at most: whose process died is still being worked on.
   */
  leaseMs: number;
}

/** A permit to make one call. */
export interface Permit {
  /** Unique; a permit that ran out and was given to another has another id. */
  id: string;
  /** Calls under way with this one, all processes and purposes. */
  inFlight: number;
}

/** What is written down of one call. */
export interface CallRecord extends SourceCall {
  outcome: CallOutcome;
  /** Duration in milliseconds, without the wait for the permit. */
  ms: number;
  bytes: number;
  /** Calls under way when it began, itself included. */
  inFlight: number;
}

/** How a permit goes back: at once, or when the server's own time limit has passed since it was taken. */
export type PermitReturn = 'now' | 'serverLimit';

/** What {@link SourceStateStore.settle} is to do besides changing the state. */
export interface Settlement {
  permit?: { id: string; back: PermitReturn };
  call?: CallRecord;
}

/** News of permits that came back. */
export interface PermitsFreed {
  /** They come through: who waits need not look by itself as often. */
  isHeard(): boolean;
}

/** A change of the shared state, as the overload rules decide it. */
export interface StateChange<Result> {
  state: SourceState;
  events: SourceEvent[];
  result: Result;
}

/** A permit that is out. */
export interface PermitView {
  purpose: CallPurpose;
  operation: string;
  siteCode: string | null;
  takenAt: Date;
  until: Date;
}

export interface RecordedEvent {
  id: number;
  at: Date;
  event: SourceEvent;
}

/** Calls of one operation over a stretch of time. */
export interface CallFigures {
  operation: string;
  purpose: CallPurpose;
  outcomes: Partial<Record<CallOutcome, number>>;
  /** Of calls that ended well, in milliseconds; null where there are none. */
  latencyMs: { p50: number; p90: number; p99: number } | null;
  /** The largest answer that arrived whole, and the largest that did not, in bytes. */
  largestOkBytes: number;
  largestFailedBytes: number;
}

/** How finely something must be asked for, as overload has taught. */
export interface LearntPiece {
  reading: Reading;
  /** Null: everywhere. */
  siteCode: string | null;
  groupCode: string | null;
  /** Asked for by group; and by pages of so many records. */
  byGroup: boolean;
  pageLimit: number | null;
  learntAt: Date;
}

/**
 * What all processes know of the source together. Times are the database's own,
 * in milliseconds since 1970, so that clocks that differ do no harm. A state that is
 * missing, or that another version wrote in terms of its own, is taken for the
 * initial one that the store was made with.
 */
export interface SourceStateStore {
  /**
   * Takes a permit if one is free, in one statement. Takers come one after the
   * other, so that neither the limit nor the hard cap is passed by any race.
   */
  take(
    request: PermitRequest,
  ): Promise<{ permit: Permit; now: number } | { permit: null; state: SourceState; now: number }>;
  /**
   * Takes a permit back and writes its call down, which is all that the next one waits
   * for; what the call taught follows by {@link settle}.
   * @param tell whether it is to ring elsewhere: not where the next call waits in this process
   */
  giveBack(settlement: Required<Settlement>, serverLimitMs: number, tell: boolean): Promise<void>;
  /** Rings when a permit came back or the limit rose, in whatever process; it may fail to. */
  whenFreed(ring: () => void): PermitsFreed;
  /** Holds permits for longer; returns the ids of those that still are. */
  renew(ids: readonly string[], leaseMs: number): Promise<string[]>;
  /**
   * Changes the shared state: concurrent changes come one after the other, each on
   * what the one before left. With it, in the same statement, go the permit's
   * return, the call's record and the events. `apply` may be called more than once.
   * @param serverLimitMs how long the server itself works on a call at most
   */
  settle<Result>(
    settlement: Settlement,
    serverLimitMs: number,
    apply: (state: SourceState, now: number) => StateChange<Result>,
  ): Promise<Result>;
  read(): Promise<{ state: SourceState; now: number; permits: PermitView[] }>;
  /** The state alone. */
  state(): Promise<{ state: SourceState; now: number }>;
  /** Newest first. */
  events(filter: { since?: Date; beforeId?: number; limit: number }): Promise<RecordedEvent[]>;
  calls(since: Date): Promise<CallFigures[]>;
  learnt(): Promise<LearntPiece[]>;
  /** Replaces what is known of the same reading, site and group. */
  learn(piece: Omit<LearntPiece, 'learntAt'>): Promise<void>;
  forget(piece: Pick<LearntPiece, 'reading' | 'siteCode' | 'groupCode'>): Promise<void>;
  /** Removes calls and events older than these; returns how many went. */
  trim(before: { calls: Date; events: Date }): Promise<number>;
}
