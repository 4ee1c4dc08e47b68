import { type SqlClient, stagingName } from '../staging/tables.js';
import type { Person } from './find-person.js';

/** A staging table with rows on a person, and which column names them in it. */
interface StagedTable {
  name: string;
  column: 'code' | 'student_code';
}

/** What runs under way have staged of a person. */
export async function exportStaged(
  db: SqlClient,
  person: Person,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const { name, column } of await findTables(db, person)) {
    const found = await db.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
      `SELECT to_jsonb(t) AS row FROM ${name} t WHERE ${column} = $1::text`,
      person.code,
    );
    rows.push(...found.map(({ row }) => ({ table: name, ...row })));
  }
  return rows;
}

/** Takes it away: the parts it came from are then read again, for their rows no longer add up. */
export async function eraseStaged(db: SqlClient, person: Person): Promise<number> {
  let erased = 0;
  for (const { name, column } of await findTables(db, person)) {
    erased += await db.$executeRawUnsafe(
      `DELETE FROM ${name} WHERE ${column} = $1::text`,
      person.code,
    );
  }
  return erased;
}

async function findTables(db: SqlClient, { kind, reading }: Person): Promise<StagedTable[]> {
  const own = await runsOf(db, `sync_${reading}`);
  const tables: StagedTable[] = own.flatMap((id) =>
    (['people', 'memberships', 'tutorships'] as const).map((table) => ({
      name: stagingName(id, table),
      column: 'code' as const,
    })),
  );
  if (kind !== 'student') return tables;
  const charges = await runsOf(db, 'sync_tutors');
  return [
    ...tables,
    ...charges.map((id) => ({
      name: stagingName(id, 'tutorships'),
      column: 'student_code' as const,
    })),
  ];
}

/** Runs of a task that have staging at this moment. */
async function runsOf(db: SqlClient, task: string): Promise<number[]> {
  const rows = await db.$queryRawUnsafe<{ id: number }[]>(
    `SELECT id FROM sync_runs
      WHERE task = $1::text AND state IN ('running', 'waiting')
        AND to_regclass('staging.run_' || id || '_people') IS NOT NULL`,
    task,
  );
  return rows.map(({ id }) => id);
}
