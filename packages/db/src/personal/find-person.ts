import type { Reading, UserKind } from '@passerelle/roster';
import type { PersonReference } from '@passerelle/sync';
import type { SqlClient } from '../staging/tables.js';
import { personHasher } from './erased-people.js';

/** A person as the tables know them. */
export interface Person {
  /** Null: not in the registry. */
  id: number | null;
  kind: UserKind;
  code: string;
  reading: Reading;
  codeHash: string;
}

const READINGS = { student: 'students', teacher: 'teachers', tutor: 'tutors' } as const;

/** Null: no user has this id. Somebody who is not in the registry may stand in other tables. */
export async function findPerson(
  db: SqlClient,
  reference: PersonReference,
): Promise<Person | null> {
  const [user] = await db.$queryRawUnsafe<Pick<Person, 'id' | 'kind' | 'code'>[]>(
    `SELECT id, kind::text, code FROM users
      WHERE id = $1::int OR (kind = $2::user_kind AND code = $3::text)`,
    'id' in reference ? reference.id : null,
    'id' in reference ? null : reference.kind,
    'id' in reference ? null : reference.code,
  );
  const known = user ?? ('id' in reference ? null : { ...reference, id: null });
  if (known === null) return null;
  const hash = await personHasher(db);
  const { id, kind, code } = known;
  return { id, kind, code, reading: READINGS[kind], codeHash: hash(kind, code) };
}

/** The parameters of the statements on a person, in their order. */
export function parametersOf({ id, kind, code, reading, codeHash }: Person): unknown[] {
  return [id, kind, code, reading, codeHash];
}
