import type { SqlClient } from '../staging/tables.js';
import { parametersOf, type Person } from './find-person.js';
import { PERSON_SQL, type PersonTable } from './tables.js';

/** The rows of a table that are about a person, as they are but for what is secret. */
export async function selectRows(
  db: SqlClient,
  { name, about, secret }: PersonTable,
  person: Person,
): Promise<Record<string, unknown>[]> {
  const rows = await db.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
    `WITH ${PERSON_SQL} SELECT to_jsonb(t) - $6::text[] AS row FROM ${name} t, person p WHERE ${about}`,
    ...parametersOf(person),
    [...secret],
  );
  return rows.map(({ row }) => row);
}

/** How many there are. */
export async function countRows(
  db: SqlClient,
  { name, about }: PersonTable,
  person: Person,
): Promise<number> {
  const [row] = await db.$queryRawUnsafe<{ count: number }[]>(
    `WITH ${PERSON_SQL} SELECT count(*)::int AS count FROM ${name} t, person p WHERE ${about}`,
    ...parametersOf(person),
  );
  return row?.count ?? 0;
}

/** Takes them away; returns how many there were. */
export async function deleteRows(
  db: SqlClient,
  { name, about }: PersonTable,
  person: Person,
): Promise<number> {
  return db.$executeRawUnsafe(
    `WITH ${PERSON_SQL} DELETE FROM ${name} t USING person p WHERE ${about}`,
    ...parametersOf(person),
  );
}
