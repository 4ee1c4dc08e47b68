import type { ProtectedSubject } from '@passerelle/sync';
import type { SqlClient } from '../staging/tables.js';

/** The id of a user or group; null: there is none. */
export async function findSubject(
  db: SqlClient,
  { of, kind, code }: ProtectedSubject,
): Promise<number | null> {
  const [row] = await db.$queryRawUnsafe<{ id: number }[]>(
    `SELECT id FROM ${of}s WHERE kind = $1::${of}_kind AND code = $2::text`,
    kind,
    code,
  );
  return row?.id ?? null;
}
