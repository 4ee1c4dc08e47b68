import type {
  DefinitionDomain,
  GuardTexts,
  IsoDate,
  PartScope,
  PeriodDefinition,
  PersonPlace,
  PlannedPart,
  PlanningData,
  Reading,
  Rejection,
  ScheduleFields,
  SchoolYearChange,
  StagedBatch,
  TaskName,
  TrippedGuard,
  UserKind,
} from '@passerelle/roster';
import type { ErasedPeople, PersonReference } from './personal-data.js';

export const RUN_STATES = [
  'queued',
  'running',
  'waiting',
  'held',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
] as const;
export type RunState = (typeof RUN_STATES)[number];
/** Still under way: at most one such run of a task exists (partial unique index). */
export const ACTIVE_RUN_STATES = ['queued', 'running', 'waiting'] as const;
export type RunTrigger = 'schedule' | 'manual' | 'api' | 'retry';
/**
 * - `split`: asked for in pieces instead, which stand for it
 * - `set_aside`: one record that breaks every answer it is in; nobody it may be is taken for gone
 */
export type PartState =
  | 'pending'
  | 'running'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'split'
  | 'set_aside';

/** What a run waits for, and until when as far as is known. */
export interface RunWait {
  /** `source`: NetYParéo is left alone after failures; `calendar`: reading is not wanted now. */
  reason: 'source' | 'calendar';
  until: Date;
}

export interface RunCounts {
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  suspended: number;
  rejected: number;
}

/** One sync run, as the database knows it. */
export interface Run {
  id: number;
  task: TaskName;
  state: RunState;
  trigger: RunTrigger;
  siteCode: string | null;
  /** The one person it reads, by id; null: everybody. */
  userId: number | null;
  retryOfId: number | null;
  requestedBy: string | null;
  /** Shows what a run would do (port `PlanReader`), and applies nothing. */
  dryRun: boolean;
  enqueueCount: number;
  holdReason: string | null;
  errorKind: string | null;
  error: string | null;
  counts: RunCounts;
  links: { added: number; removed: number };
  /** The guards that tripped, whatever was decided since. */
  guards: readonly TrippedGuard[];
  /** Removals that a change of school year accounts for; null: none did. */
  schoolYear: SchoolYearChange | null;
  /** Who approved or rejected what the run held. */
  decision: (RunDecision & { at: Date }) | null;
  /** While the state is `waiting`. */
  wait: RunWait | null;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

export interface RunPart extends PartScope {
  number: number;
  reading: Reading;
  state: PartState;
  /** Grows with each try; what older attempts staged does not count. */
  attempt: number;
  /** Failures that count against the part, not against the source as a whole. */
  tries: number;
  /** Its last failure, by the database's clock. */
  failedAt: Date | null;
  /** The part that this is a piece of. */
  splitFrom: number | null;
  read: number;
  rejected: number;
  errorKind: string | null;
  error: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
}

export interface RunRequest {
  task: TaskName;
  trigger: RunTrigger;
  siteCode?: string;
  /** One person alone, beside whatever run of the task is under way. */
  userId?: number;
  retryOfId?: number;
  requestedBy?: string;
  /** Only to show what a run would do. */
  dryRun?: boolean;
}

/** A record that was set aside, and by which part. */
export interface RejectedRecord extends Rejection {
  reading: Reading;
  partNumber: number;
}

/** What makes a scheduled run due: a date of the schedule, or the end of a failure delay. */
export type DueDate = { of: 'schedule'; at: Date; next: Date | null } | { of: 'retry'; at: Date };

/** `created`: a new run; `joined`: one of the task waits already; `busy`: one is under way. */
export type RequestOutcome = { outcome: 'created' | 'joined' | 'busy'; run: Run };

/** Why a run or part ended as it did. */
export interface Failure {
  kind: string;
  sentence: string;
}

export interface RunFilter {
  task?: TaskName;
  states?: readonly RunState[];
  dryRun?: boolean;
  /** Whether runs of one person alone are among them; they are, if not said otherwise. */
  onePerson?: boolean;
  /** Runs older than this id (a page's cursor). */
  beforeId?: number;
  limit: number;
}

/** Runs and their parts. */
export interface RunStore {
  requestRun(request: RunRequest, now: Date): Promise<RequestOutcome>;
  /**
   * Requests the run that a date makes due and moves that date on, in one
   * transaction: a date gives one run, however many notice it and whichever of
   * them is killed. Null when another has had it, now or before the clock was set
   * back, or the task is disabled; and while a dry run of the task is under way,
   * which the date then waits for.
   */
  requestDueRun(task: TaskName, due: DueDate, now: Date): Promise<RequestOutcome | null>;
  /** Dates of the task's schedule after `after` that have had their run, by a clock that was ahead. */
  takenDates(task: TaskName, after: Date): Promise<Date[]>;
  getRun(id: number): Promise<Run | null>;
  /** Newest first. */
  listRuns(filter: RunFilter): Promise<Run[]>;
  listParts(runId: number): Promise<RunPart[]>;
  /** Records that the run set aside, in the order of parts and records. */
  listRejections(runId: number, limit: number): Promise<RejectedRecord[]>;
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
  /** Ends a run that applied nothing (failed or cancelled), its open parts too, and drops its staging. Idempotent; null if it had ended. */
  endRun(
    id: number,
    state: 'failed' | 'cancelled',
    failure: Failure | null,
    now: Date,
  ): Promise<Run | null>;
  /** Those of the given runs that have ended, or never were. */
  stoppedAmong(runIds: readonly number[]): Promise<number[]>;
  /** Runs in an active state, oldest first. */
  activeRuns(): Promise<Run[]>;
  /** Drops staging that belongs to no active run; returns how many tables went. */
  sweepStaging(): Promise<number>;
}

/** What a part brought. */
export interface PartCounts {
  read: number;
  staged: number;
  rejected: number;
  bytes: number;
  /** Records in the whole list, as the answer counts them; null: it does not say. */
  total: number | null;
}

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
   * it. Removals happen only if every part arrived and the run is not limited
   * to a site, and are held when the task's guards speak against them; held ones
   * of older runs of the task are dropped at the end of a complete run.
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

/** A task definition as stored. */
export interface TaskState extends ScheduleFields {
  name: TaskName;
  component: string;
  disabled: boolean;
  customised: boolean;
  lastRunAt: Date | null;
  /** The next regular run; null when disabled or never. */
  nextRunAt: Date | null;
  failDelaySeconds: number;
  retryAt: Date | null;
  /** Guards that were set; the others have their defaults. */
  guards: GuardTexts;
}

/** Task definitions. */
export interface TaskStore {
  /** Inserts what is missing; brings tasks that were not customised to the defaults. */
  seedTasks(
    now: Date,
    nextRun: (fields: ScheduleFields, after: Date) => Date | null,
  ): Promise<void>;
  listTasks(): Promise<TaskState[]>;
  getTask(name: TaskName): Promise<TaskState | null>;
  saveTask(
    name: TaskName,
    change: {
      fields: ScheduleFields;
      disabled: boolean;
      customised: boolean;
      nextRunAt: Date | null;
      /** All of them; left out: they stay as they are. */
      guards?: GuardTexts;
    },
    now: Date,
  ): Promise<TaskState>;
  /**
   * Moves `nextRunAt` of an enabled task from `expected` to `next`, and says
   * whether it was still `expected`.
   */
  claimNextRun(name: TaskName, expected: Date | null, next: Date | null): Promise<boolean>;
  /** A run ended: success clears the delay and sets the last run; failure doubles it (60 s to 24 h). */
  recordSuccess(name: TaskName, startedAt: Date): Promise<void>;
  recordFailure(name: TaskName, failDelaySeconds: number, retryAt: Date): Promise<void>;
}

/** Which processes are up. */
export interface MemberStore {
  heartbeat(
    member: { id: string; role: string; host: string; pid: number; queue: string },
    now: Date,
  ): Promise<void>;
  leave(id: string): Promise<void>;
  /** Members seen since `since`. */
  listMembers(since: Date): Promise<
    {
      id: string;
      role: string;
      host: string;
      pid: number;
      /** Where its queue is, in words: members of one cluster say the same. */
      queue: string;
      startedAt: Date;
      seenAt: Date;
    }[]
  >;
}

/** Counts of what the registry holds that is active; the demo's summary. */
export interface RegistrySummary {
  sites: number;
  groups: { initial: number; continuing: number };
  users: { student: number; teacher: number; tutor: number };
  /** Active, and of a known group. */
  memberships: number;
  /** Active, and of a known learner. */
  tutorships: number;
  definitions: number;
}

export interface UserView {
  kind: UserKind;
  code: string;
  login: string | null;
  lastName: string;
  firstName: string;
  email: string | null;
  birthDate: IsoDate | null;
  status: 'active' | 'suspended';
  profile: Record<
    | 'netypareo_usertype'
    | 'netypareo_ouverage'
    | 'netypareo_status'
    | 'netypareo_cursus'
    | 'netypareo_program'
    | 'netypareo_program_step',
    string
  >;
  /** Of known groups, present at the source or removed; `active` says which count today. */
  memberships: {
    group: string;
    role: string;
    from: IsoDate | null;
    to: IsoDate | null;
    active: boolean;
  }[];
  /** `tutor:7` */
  tutors: string[];
  /** `student:12` */
  students: string[];
  updatedAt: Date;
}

export interface UserFilter {
  kind?: UserKind;
  status?: 'active' | 'suspended';
  groupCode?: string;
  siteCode?: string;
  /** Code, login or e-mail exactly, or the beginning of a last, first or full name, accents and case apart. */
  search?: string;
  /** Users after this position (a page's cursor, opaque). */
  cursor?: string;
  limit: number;
}

/** Looking people up. */
export interface UserDirectory {
  summary(): Promise<RegistrySummary>;
  listUsers(filter: UserFilter): Promise<{ items: UserView[]; nextCursor: string | null }>;
  /** By `kind:code`, or by a bare code or login: all that fit, at most ten. */
  findUsers(reference: { kind?: UserKind; codeOrLogin: string }): Promise<UserView[]>;
  definitionLabels(domain: DefinitionDomain): Promise<Map<string, string>>;
}
