import type { Reading } from '@passerelle/roster';
import { createRunTables, dropRunTables, removeAttempts } from './run-tables.js';
import { sweepStaging } from './sweep.js';
import type { SqlClient } from './tables.js';

export { createOpenStage } from './open-stage.js';
export type { SqlClient } from './tables.js';

/** The tables between reading and reconciling: one set per run. */
export interface Staging {
  /** Makes what the readings need; call it in the transaction that starts the run. */
  createRunTables(tx: SqlClient, runId: number, readings: readonly Reading[]): Promise<void>;
  /** Call it in the transaction that ends the run. */
  dropRunTables(tx: SqlClient, runId: number): Promise<void>;
  /**
   * Removes what a part has staged and rejected so far. Needed only from a
   * part's second attempt on: it reads the whole of the run's tables.
   */
  removeAttempts(tx: SqlClient, runId: number, partNumber: number): Promise<void>;
  /** Drops the tables of runs that are not under way; returns how many went. */
  sweep(): Promise<number>;
}

/** The keeper of the staging tables; the schema `staging` is made by the migrations. */
export function createStaging(db: SqlClient): Staging {
  return { createRunTables, dropRunTables, removeAttempts, sweep: () => sweepStaging(db) };
}
