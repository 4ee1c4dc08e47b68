import type { IsoDate } from '../entities.js';
import type { PeriodDefinition } from '../planning/periods.js';

/** What normalising a record needs beside the record. */
export interface NormaliseContext {
  /** The day of the run in the centre's time zone. */
  today: IsoDate;
  /** The periods that are read, by code. */
  readPeriods: ReadonlyMap<string, PeriodDefinition>;
}

/** A row for staging, or why the record is set aside; `path` is a field of ours. */
export type RowOutcome<Row> =
  | { ok: true; row: Row }
  | { ok: false; code: string | null; reason: string; path: string; message: string };
