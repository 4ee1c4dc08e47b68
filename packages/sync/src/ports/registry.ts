import type {
  IsoDate,
  LeavingRules,
  PeriodDefinition,
  PersonPlace,
  PlanningData,
  Rejection,
  StagedBatch,
  UserKind,
} from '@passerelle/roster';
import type { ErasedPeople, PersonReference } from './personal-data.js';
import type { Run, RunPart } from './runs.js';

/** Where one attempt of a part leaves its rows. */
export interface PartStage {
  /**
   * Rows that the registry already has word for word are staged as key and hash only.
   * Concurrent calls are allowed.
   */
  write(batch: StagedBatch): Promise<void>;
  reject(rejections: readonly Rejection[]): Promise<void>;
  /** Rows written so far. */
  staged(): number;
}

export interface ReconcileContext {
  now: Date;
  /** The day of the run in the centre's time zone. */
  today: IsoDate;
  /** Whoever was born on this day or before is of age today (roster: latestAdultBirthDate). */
  adultBornOnOrBefore: IsoDate;
  /** Usertype label where the source gives none. */
  defaultUsertypes: Readonly<Record<UserKind, string>>;
  /** How long those who are missing stay as they are. */
  leaving: LeavingRules;
}

/**
 * - `applied`: done, the run carries its final state (`succeeded`, `partial` or
 *   `held`; `failed` if no part at all could be read, and nothing was applied).
 *   A run that had its end already is answered likewise.
 * - `restage`: these parts have not ended, or their staged rows are gone (an
 *   unlogged table lost in a crash) or no longer mean what they did (a user was
 *   changed by another hand); they were set back to `pending` and must be read again.
 * - `stopped`: the run was cancelled, or must be.
 */
export type ReconcileOutcome =
  | { outcome: 'applied'; run: Run }
  | { outcome: 'restage'; partNumbers: number[] }
  | { outcome: 'stopped' };

/** Who decides on a held run, and why. */
export interface RunDecision {
  /** `cli:anna`, for instance. */
  by: string;
  reason: string;
  /** An address or a terminal, where known. */
  from?: string;
}

/**
 * - `approved`: so many removals were applied; those left out did not fit any more
 * - `superseded`: none did, or a newer run has read everything; nothing was applied
 * - `not_held`: unknown, or waiting for no decision
 */
export type ApproveOutcome =
  | { outcome: 'approved'; run: Run; applied: number; leftOut: number }
  | { outcome: 'superseded'; run: Run }
  | { outcome: 'not_held'; run: Run | null };

export type RejectOutcome =
  | { outcome: 'rejected'; run: Run; dropped: number }
  | { outcome: 'not_held'; run: Run | null };

/** Where in the source's lists somebody can be looked for. */
export interface Whereabouts extends PersonPlace {
  id: number;
  kind: UserKind;
  code: string;
}

/** Staging and reconciling: the registry's side of a run. */
export interface Registry {
  /** Active periods, sites and groups. */
  planningData(): Promise<PlanningData>;
  /** The active periods alone. */
  activePeriods(): Promise<PeriodDefinition[]>;
  openStage(runId: number, part: RunPart): PartStage;
  /** Where a person was when they were last read; null: not in the registry. */
  whereabouts(person: PersonReference): Promise<Whereabouts | null>;
  /** Whose records are not to be taken up again. */
  erasedPeople(): Promise<ErasedPeople>;
  /**
   * Compares what was staged with the registry and applies the difference, with
   * its history and the run's final state, in one transaction; staging goes with
   * it. Removals happen only if every part arrived and the run is limited neither to a
   * site nor to what another lacked, and are held when the task's guards speak against
   * them; held ones of older runs of the task are dropped at the end of a complete run.
   * Whoever is missing is suspended when their grace has passed, and keeps all that they
   * have until then.
   *
   * A dry run does all of it and takes it back, but for the run's end with the
   * figures as they would be, and the plan (port `PlanReader`). Where removals would
   * be held it says so in `holdReason`, and has succeeded all the same.
   */
  reconcile(runId: number, context: ReconcileContext): Promise<ReconcileOutcome>;
  /**
   * Applies what a run held, as far as it still fits the registry, in one
   * transaction with the decision and its trace in the audit.
   */
  approveRun(
    runId: number,
    decision: RunDecision,
    context: ReconcileContext,
  ): Promise<ApproveOutcome>;
  /** Drops what a run held; the run is `partial` then. */
  rejectRun(runId: number, decision: RunDecision, now: Date): Promise<RejectOutcome>;
}
