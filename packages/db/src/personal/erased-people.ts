import { createHash, randomBytes } from 'node:crypto';
import type { UserKind } from '@passerelle/roster';
import type { ErasedPeople } from '@passerelle/sync';
import type { SqlClient } from '../staging/tables.js';

/** Turns a person into what they are recognised by after their erasure. */
export type HashPerson = (kind: UserKind, code: string) => string;

/** The registry's own way of hashing; its key is made when it is first needed. */
export async function personHasher(db: SqlClient): Promise<HashPerson> {
  const [row] = await db.$queryRawUnsafe<{ key: string }[]>(
    `WITH made AS (
       INSERT INTO erasure_key (id, key) SELECT 1, $1::text
        WHERE NOT EXISTS (SELECT FROM erasure_key)
           ON CONFLICT (id) DO UPDATE SET key = erasure_key.key
       RETURNING key)
     SELECT key FROM made UNION ALL SELECT key FROM erasure_key LIMIT 1`,
    randomBytes(32).toString('hex'),
  );
  if (row === undefined) throw new Error('The key for erased people could not be kept.');
  const key = Buffer.from(row.key, 'hex');
  return (kind, code) => createHash('sha256').update(key).update(`${kind}:${code}`).digest('hex');
}

/** The same in SQL, for a code in `sql`; needs `erasure_key` as alias `k`. */
export function hashSql(kind: UserKind, sql: string): string {
  return `encode(sha256(decode(k.key, 'hex') || convert_to('${kind}:' || ${sql}, 'UTF8')), 'hex')`;
}

/** Everybody who was erased and not allowed again. */
export async function readErasedPeople(db: SqlClient): Promise<ErasedPeople> {
  const rows = await db.$queryRawUnsafe<{ code_hash: string }[]>(
    'SELECT code_hash FROM erased_users',
  );
  if (rows.length === 0) return { isEmpty: true, has: () => false };
  const hash = await personHasher(db);
  const hashes = new Set(rows.map((row) => row.code_hash));
  return { isEmpty: false, has: (kind, code) => hashes.has(hash(kind, code)) };
}
