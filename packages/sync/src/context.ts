import type { LeavingRules } from '@passerelle/roster';
import type { BulkRetryStore } from './ports/bulk-retries.js';
import type { RunQueue, ScheduleQueue } from './ports/queue.js';
import type { Registry } from './ports/registry.js';
import type { RunStore } from './ports/run-store.js';
import type { TaskStore } from './ports/task-store.js';
import type { PersonalData } from './ports/personal-data.js';
import type { Retention, RetentionDays } from './ports/retention.js';
import type { Source } from './ports/source.js';
import type { OverloadSettings } from './overload/source-state.js';
import type { SourceStateStore } from './ports/source-state.js';

/** The little of a logger that use cases need; pino fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every use case is built from; each takes the part it needs. */
export interface SyncContext {
  runs: RunStore;
  bulkRetries: BulkRetryStore;
  tasks: TaskStore;
  registry: Registry;
  retention: Retention;
  /** How long records are kept before housekeeping forgets them. */
  keepDays: RetentionDays;
  personal: Pick<PersonalData, 'eraseLeavers'>;
  /** What becomes of people whom the source no longer has. */
  leaving: LeavingRules;
  source: Source;
  /** What all processes know of how the source fares. */
  sourceState: SourceStateStore;
  overload: OverloadSettings;
  /** Failures that count against a part before it is given up. */
  attempts: number;
  /** The end of the time in which bulk reading is not wanted; null: it is. */
  blackoutEnd: (now: Date) => Date | null;
  queue: RunQueue & ScheduleQueue;
  now: () => Date;
  /** Between 0 (included) and 1; for the `R` of a schedule. */
  random: () => number;
  timeZone: string;
  periodAheadDays: number;
  log: Log;
  /** Whether no cluster with another queue works on the same registry; yes where nobody looks. */
  isAlone?: () => Promise<boolean>;
}
