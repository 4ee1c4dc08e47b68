import type { RunQueue, ScheduleQueue } from './ports/queue.js';
import type { Registry, RunStore, TaskStore } from './ports/registry.js';
import type { Source } from './ports/source.js';

/** The little of a logger that use cases need; pino fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every use case is built from; each takes the part it needs. */
export interface SyncContext {
  runs: RunStore;
  tasks: TaskStore;
  registry: Registry;
  source: Source;
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
