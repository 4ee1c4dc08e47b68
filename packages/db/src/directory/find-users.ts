import { cleanText } from '@passerelle/roster';
import type { UserDirectory, UserReference } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { Prisma } from '../generated/client.js';
import { isVisible } from './visible.js';

const MAX_FOUND = 10;

/** The ids of those whom a reference means, as far as the caller may see them. */
export async function findUserIds(
  client: PrismaClient,
  { reach = 'everywhere', ...reference }: Parameters<UserDirectory['findUsers']>[0],
): Promise<number[]> {
  const is = conditionOf(reference);
  if (is === null) return [];
  const rows = await client.$queryRaw<{ id: number }[]>`
    SELECT u.id FROM users u WHERE ${is} AND ${isVisible(reach)}
     ORDER BY u.kind, u.code LIMIT ${MAX_FOUND}::int`;
  return rows.map(({ id }) => id);
}

/** On `users u`; null: nobody can be called so. */
function conditionOf(reference: UserReference): Prisma.Sql | null {
  if ('id' in reference) return Prisma.sql`u.id = ${reference.id}::int`;
  const { kind, codeOrLogin } = reference;
  const text = cleanText(codeOrLogin);
  if (text === null) return null;
  return kind === undefined
    ? Prisma.sql`(u.code = ${text} OR u.login = ${text.toLowerCase()})`
    : Prisma.sql`u.kind = ${kind}::user_kind AND u.code = ${text}`;
}
