import type { GuardSettings, Reading } from '@passerelle/roster';
import type { ReconcileContext } from '@passerelle/sync';
import type { SqlClient } from '../staging/tables.js';
import type { Verdict } from './guards/verdict.js';

/** One reconciling under way: everything its steps share. */
export interface Work {
  /** The one transaction. */
  tx: SqlClient;
  runId: number;
  readings: readonly Reading[];
  /** The time of the run, as PostgreSQL takes it. */
  now: string;
  context: ReconcileContext;
  /** Numbers of the parts that arrived whole. */
  doneParts: readonly number[];
  /** Numbers of the parts that cannot be read for what is in them. */
  partsSetAside: readonly number[];
  /** Every part arrived and none was left out: only then does absence mean something. */
  complete: boolean;
  /** The id of the one person that the run reads; null: everybody. */
  person: number | null;
  /** The task's. */
  guards: GuardSettings;
  /** Who removes, where it is a person rather than the run. */
  actor: string | null;
}

/** What reconciling one task's rows came to. */
export interface Applied {
  created: number;
  /** Rows read that something changed of. */
  updated: number;
  suspended: number;
  /** People whose grace begins. */
  missing: number;
  /** Distinct records in staging. */
  staged: number;
  rejected: number;
  links: { added: number; removed: number };
  verdict: Verdict;
  /** Removals that wait for someone to decide on them. */
  held: number;
}

/** The one number a counting query answers with, named `count`. */
export async function countOf(tx: SqlClient, sql: string, ...values: unknown[]): Promise<number> {
  const [row] = await tx.$queryRawUnsafe<{ count: number | bigint }[]>(sql, ...values);
  return Number(row?.count ?? 0);
}
