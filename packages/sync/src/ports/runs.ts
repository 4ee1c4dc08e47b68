import type {
  PartScope,
  Reach,
  Reading,
  Rejection,
  RunState,
  SchoolYearChange,
  TaskName,
  TrippedGuard,
} from '@passerelle/roster';
import type { Author } from './access.js';
import type { RunDecision } from './registry.js';

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
  /** One without a code counts once, too, in however many lists it is; but one that nobody can read, in each. */
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
  /** Reads only the parts that the run it retries lacked, and takes nobody for gone. */
  onlyMissing: boolean;
  requestedBy: string | null;
  /** Shows what a run would do (port `PlanReader`), and applies nothing. */
  dryRun: boolean;
  enqueueCount: number;
  holdReason: string | null;
  errorKind: string | null;
  error: string | null;
  counts: RunCounts;
  /** Those whom it missed first and whose grace it began: suspended later, unless they come back. */
  missing: number;
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
  /** Only the parts that the retried run lacked. */
  onlyMissing?: boolean;
  requestedBy?: string;
  /** Only to show what a run would do. */
  dryRun?: boolean;
  /** Whether a run that waits already will do; it does, if not said otherwise. */
  join?: boolean;
  /** The same request with the same key is carried out once. */
  key?: RequestKey;
  /** A new run counts as put on the queue already: whoever asks does so next. */
  claimed?: boolean;
  /** Who asked for a new run, or the retry of another, for the audit: written with it. */
  author?: Author;
}

/** What tells a request apart from others of the same caller. Kept for 48 hours. */
export interface RequestKey {
  caller: string;
  /** Of the caller's choice. */
  key: string;
  /** Of everything that was asked. */
  requestHash: string;
}

/** A record that was set aside, and by which part. */
export interface RejectedRecord extends Omit<Rejection, 'digest'> {
  reading: Reading;
  partNumber: number;
}

/** What makes a scheduled run due: a date of the schedule, or the end of a failure delay. */
export type DueDate = { of: 'schedule'; at: Date; next: Date | null } | { of: 'retry'; at: Date };

/**
 * - `created`: a new run
 * - `joined`: one of the task waits already
 * - `busy`: one is under way, or waits and was not to be joined
 * - `replayed`: the run that the same request with the same key was answered with
 * - `key_reused`: likewise, but it was another request
 */
export type RequestOutcome = {
  outcome: 'created' | 'joined' | 'busy' | 'replayed' | 'key_reused';
  run: Run;
};

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
  /** Only runs that speak for their task: of every site and person, of all parts, and not dry. */
  whole?: true;
  /** Only retries of this run. */
  retryOfId?: number;
  /** This one alone, if it is among them. */
  id?: number;
  triggers?: readonly RunTrigger[];
  /** Limited to this site. */
  siteCode?: string;
  /** Requested at this time or later. */
  since?: Date;
  /** Requested before this time. */
  until?: Date;
  /** Anywhere in task, error, reason of holding, or who asked. */
  search?: string;
  /** Those limited to one of these sites, and of one person who may be seen from there. */
  reach?: Reach;
  /** Runs older than this id (a page's cursor). */
  beforeId?: number;
  limit: number;
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
