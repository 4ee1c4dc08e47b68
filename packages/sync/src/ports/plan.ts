import type { ChangedEntity, ChangeKind, IsoDate, TaskName, UserKind } from '@passerelle/roster';
import type { Protection } from './protections.js';
import type { RunTrigger } from './runs.js';

/** Fields by name, as the registry has them. */
export type Image = Readonly<Record<string, unknown>>;

/** One change of a run's plan: what a run did, or what a dry run found it would do. */
export interface PlannedChange {
  entity: ChangedEntity;
  /** `student:12`, `student:12/initial:G1`, `tutor:7/student:12@C1`, `initial:G1`, `site:2`, `status:3` */
  ref: string;
  kind: ChangeKind;
  /** A removal that a guard held back. */
  held: boolean;
  /** The fields that differ; of what is created or removed, all that are not empty. */
  before: Image | null;
  after: Image | null;
  /** The site it belongs to. */
  site: string | null;
  /** `initial:G1` */
  group: string | null;
}

/** How many changes of one sort there are. */
export interface ChangeCount {
  entity: ChangedEntity;
  kind: ChangeKind;
  held: boolean;
  count: number;
}

export interface PlanSummary {
  kinds: ChangeCount[];
  /** Null: of no site. */
  sites: (ChangeCount & { site: string | null })[];
  groups: (ChangeCount & { group: string })[];
}

export interface PlanFilter {
  entity?: ChangedEntity;
  kind?: ChangeKind;
  siteCode?: string;
  /** With its kind, or of whichever kind has the code. */
  group?: { kind?: 'initial' | 'continuing'; code: string };
  /** Whom it concerns, their memberships and tutorships included. */
  user?: { kind?: UserKind; code: string };
}

export interface PageRequest {
  /** A page's `nextCursor`. */
  cursor?: string;
  limit: number;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** What set something as it is. Null where it is no longer known. */
export interface ChangeOrigin {
  runId: number | null;
  at: Date;
  task: TaskName | null;
  trigger: RunTrigger | null;
  requestedBy: string | null;
  /** Who did or approved it by hand. */
  actor: string | null;
}

/** A change of the past, with what made it. */
export interface PastChange extends Omit<PlannedChange, 'held'>, ChangeOrigin {}

/** Whose or which history. */
export type HistorySubject =
  | { of: 'user'; kind: UserKind; code: string }
  | { of: 'group'; kind: 'initial' | 'continuing'; code: string };

/** A link of a person, and what set it as it is. */
export interface LinkOrigin {
  ref: string;
  entity: 'membership' | 'tutorship';
  /** Its fields, but for what the reference says. */
  value: Image;
  removedAt: Date | null;
  /** What added it, brought it back or removed it, whichever came last. */
  since: ChangeOrigin | null;
  /** What changed it last. */
  origin: ChangeOrigin | null;
}

/** What the registry holds of a person, field by field, and what set each as it is. */
export interface UserOrigins {
  kind: UserKind;
  code: string;
  status: 'active' | 'suspended';
  missingSince: Date | null;
  missingOn: IsoDate | null;
  suspendedOn: IsoDate | null;
  protection: Protection | null;
  /** By the registry's names, `birth_date`, in its order. */
  fields: { name: string; value: string | null; origin: ChangeOrigin | null }[];
  links: LinkOrigin[];
}

/** Plans of runs, and the history that they have left. */
export interface PlanReader {
  /** Of a run that has ended, dry or not. */
  summary(runId: number): Promise<PlanSummary>;
  /** In the order in which they are made. @throws InvalidCursorError */
  changes(runId: number, filter: PlanFilter, page: PageRequest): Promise<Page<PlannedChange>>;
  /** Newest first; null: there is no such user or group. @throws InvalidCursorError */
  history(subject: HistorySubject, page: PageRequest): Promise<Page<PastChange> | null>;
  /** Null: there is no such user. */
  origins(kind: UserKind, code: string): Promise<UserOrigins | null>;
}
