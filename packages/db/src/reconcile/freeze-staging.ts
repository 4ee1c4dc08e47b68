import type { Reading } from '@passerelle/roster';
import { createRunTables } from '../staging/run-tables.js';
import { type SqlClient, stagingName, tablesOf, tablesOfRun } from '../staging/tables.js';
import type { EndedPart } from './load-parts.js';

/**
 * Lets nobody write to the run's staging any more, clears away what does not
 * come from the attempts that count, and compares the rest with what each part
 * says it left there.
 *
 * @returns numbers of the parts whose rows are gone, as unlogged tables are after a crash
 */
export async function freezeStaging(
  tx: SqlClient,
  runId: number,
  readings: readonly Reading[],
  done: readonly EndedPart[],
): Promise<number[]> {
  await createRunTables(tx, runId, readings); // empty, where one is missing
  const locked = tablesOfRun(readings).map((table) => stagingName(runId, table));
  await tx.$executeRawUnsafe(`LOCK TABLE ${locked.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
  const names = [...new Set(readings.flatMap(tablesOf))].map((table) => stagingName(runId, table));
  const counts = await countStaged(tx, names);
  const current = new Map(done.map((part) => [`${part.number}/${part.attempt}`, part]));
  if (counts.some(({ part, attempt }) => !current.has(`${part}/${attempt}`))) {
    await removeStrays(tx, names, done);
  }
  const rows = new Map(counts.map(({ part, attempt, count }) => [`${part}/${attempt}`, count]));
  return [...current].flatMap(([key, part]) =>
    (rows.get(key) ?? 0) === part.staged ? [] : [part.number],
  );
}

async function countStaged(
  tx: SqlClient,
  names: readonly string[],
): Promise<{ part: number; attempt: number; count: number }[]> {
  const each = names.map(
    (name) => `SELECT part, attempt, count(*) AS n FROM ${name} GROUP BY 1, 2`,
  );
  return tx.$queryRawUnsafe(
    `SELECT part, attempt, sum(n)::int AS count
       FROM (${each.join(' UNION ALL ')}) counted GROUP BY 1, 2`,
  );
}

async function removeStrays(
  tx: SqlClient,
  names: readonly string[],
  done: readonly EndedPart[],
): Promise<void> {
  for (const name of names) {
    await tx.$executeRawUnsafe(
      `DELETE FROM ${name}
        WHERE (part, attempt) NOT IN (SELECT * FROM unnest($1::int[], $2::int[]))`,
      done.map((part) => part.number),
      done.map((part) => part.attempt),
    );
  }
}
