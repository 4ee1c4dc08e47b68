import { cleanText } from '@passerelle/roster';
import type { UserDirectory } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { Prisma } from '../generated/client.js';
import { isVisible } from './visible.js';

const MAX_FOUND = 10;

/** The ids of those whom `kind:code`, or a bare code or login, means, as far as the caller may see them. */
export async function findUserIds(
  client: PrismaClient,
  { kind, codeOrLogin, reach = 'everywhere' }: Parameters<UserDirectory['findUsers']>[0],
): Promise<number[]> {
  const text = cleanText(codeOrLogin);
  if (text === null) return [];
  const is =
    kind === undefined
      ? Prisma.sql`(u.code = ${text} OR u.login = ${text.toLowerCase()})`
      : Prisma.sql`u.kind = ${kind}::user_kind AND u.code = ${text}`;
  const rows = await client.$queryRaw<{ id: number }[]>`
    SELECT u.id FROM users u WHERE ${is} AND ${isVisible(reach)}
     ORDER BY u.kind, u.code LIMIT ${MAX_FOUND}::int`;
  return rows.map(({ id }) => id);
}
