import type { PlannedPart, Rejection, TaskName } from '@passerelle/roster';
import type { Author } from './access.js';
import type {
  DueDate,
  Failure,
  PartCounts,
  RejectedRecord,
  RequestOutcome,
  Run,
  RunFilter,
  RunPart,
  RunRequest,
  RunWait,
} from './runs.js';

/** Runs and their parts. */
export interface RunStore {
  /** A run and the key that it was asked for with are kept in one transaction. */
  requestRun(request: RunRequest, now: Date): Promise<RequestOutcome>;
  /**
   * Requests the run that a date makes due and moves that date on, in one
   * transaction: a date gives one run, however many notice it and whichever of
   * them is killed. Null when another has had it, now or before the clock was set
   * back, or the task is disabled; and while a dry run of the task, or one of
   * missing parts only, is under way, which the date then waits for.
   */
  requestDueRun(task: TaskName, due: DueDate, now: Date): Promise<RequestOutcome | null>;
  /** Dates of the task's schedule after `after` that have had their run, by a clock that was ahead. */
  takenDates(task: TaskName, after: Date): Promise<Date[]>;
  getRun(id: number): Promise<Run | null>;
  /** Newest first. */
  listRuns(filter: RunFilter): Promise<Run[]>;
  listParts(runId: number): Promise<RunPart[]>;
  /** Records that the run set aside, in the order of parts and records. */
  listRejections(runId: number, limit: number, offset?: number): Promise<RejectedRecord[]>;
  /**
   * Counts one more putting-on-the-queue and returns the new count, or null if
   * the run is no longer active. Only the winner of concurrent callers that
   * expect the same count gets it; the others get null.
   */
  claimEnqueue(id: number, expectedCount: number): Promise<number | null>;
  /**
   * `queued` → `running`, writes the parts and makes the staging tables, in one
   * transaction. When the run has begun already it returns the parts there are;
   * null when the run is not active.
   */
  startRun(id: number, parts: readonly PlannedPart[], now: Date): Promise<RunPart[] | null>;
  /**
   * Takes a part up: raises its attempt, state `running`, and removes what older
   * attempts staged; a run that waited runs again. Null when the run is not under
   * way or the part has ended.
   */
  beginPart(runId: number, number: number, now: Date): Promise<RunPart | null>;
  /**
   * The part is done. What follows it, if it was a page that may not be the last,
   * becomes a part of its own in the same transaction.
   * @returns the numbers of parts added; null when another attempt has taken over
   */
  completePart(
    runId: number,
    number: number,
    attempt: number,
    figures: PartCounts,
    following: readonly PlannedPart[],
    now: Date,
  ): Promise<number[] | null>;
  /** The part will be tried again: back to `pending`, with so many failures that count. */
  postponePart(
    runId: number,
    number: number,
    attempt: number,
    tries: number,
    failure: Failure | null,
  ): Promise<boolean>;
  /**
   * The part is asked for in pieces instead, each with so many failures to begin with.
   * @returns their numbers; null when another attempt has taken over
   */
  splitPart(
    runId: number,
    number: number,
    attempt: number,
    pieces: readonly PlannedPart[],
    tries: number,
    failure: Failure,
    now: Date,
  ): Promise<number[] | null>;
  /**
   * The part cannot be read for what is in it: set aside with its coordinates.
   * @returns the numbers of parts added; null when another attempt has taken over
   */
  setPartAside(
    runId: number,
    number: number,
    attempt: number,
    rejection: Rejection,
    following: readonly PlannedPart[],
    now: Date,
  ): Promise<number[] | null>;
  /** The part will not be tried again in this run. */
  failPart(
    runId: number,
    number: number,
    attempt: number,
    failure: Failure,
    now: Date,
  ): Promise<boolean>;
  /** A run that cannot go on for now, visibly. Does nothing to one that is not under way. */
  markWaiting(runId: number, wait: RunWait): Promise<void>;
  /**
   * Ends a run that applied nothing (failed or cancelled), its open parts too, and drops its staging. Idempotent; null if it had ended.
   * @param author who cancelled it, for the audit: written with it
   */
  endRun(
    id: number,
    state: 'failed' | 'cancelled',
    failure: Failure | null,
    now: Date,
    author?: Author,
  ): Promise<Run | null>;
  /** Those of the given runs that have ended, or never were. */
  stoppedAmong(runIds: readonly number[]): Promise<number[]>;
  /** Runs in an active state, oldest first. */
  activeRuns(): Promise<Run[]>;
  /** Drops staging that belongs to no active run; returns how many tables went. */
  sweepStaging(): Promise<number>;
}
