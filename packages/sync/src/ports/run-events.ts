import type { Reach, RunState } from '@passerelle/roster';
import type { Page, PageRequest } from './plan.js';
import type { PartState } from './runs.js';

/** Something that became of a run or of one of its parts. */
export interface RunEvent {
  /** Grows in the order in which events can be seen: whoever has seen one has seen all before it. */
  id: string;
  runId: number;
  at: Date;
  /** Null: of the run itself. */
  part: number | null;
  /** The state it went into; a part that is `pending` was put off. */
  state: RunState | PartState;
  detail: RunEventDetail;
}

/** What there is to say of an event; no personal values. */
export interface RunEventDetail {
  /** What a waiting run waits for, and until when (ISO 8601). */
  reason?: 'source' | 'calendar';
  until?: string;
  /** Why it ended, is held or was put off. */
  kind?: string;
  error?: string;
  /** What a part reads, and what it brought. */
  reading?: string;
  period?: string;
  site?: string;
  group?: string;
  offset?: number;
  limit?: number;
  read?: number;
  rejected?: number;
}

/** Whose events someone may see. */
export interface EventScope {
  /** Of one run; all by default. */
  runId?: number;
  /** Only of runs that may be seen from there; of any by default. */
  reach?: Reach;
}

/** What became of runs, as long as the runs are kept. */
export interface RunEvents {
  /** The number of the last event there is; `0` before the first. */
  last(): Promise<string>;
  /** What came after an event, oldest first, a bounded number at a time. */
  after(id: string, scope: EventScope, limit: number): Promise<RunEvent[]>;
  /** The log of a run, oldest first. @throws InvalidCursorError */
  list(runId: number, page: PageRequest): Promise<Page<RunEvent>>;
}
