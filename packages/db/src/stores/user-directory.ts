import type { UserDirectory, UserFilter, UserView } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import { listUserIdsSql, type Position } from './list-user-ids.js';
import { readSummary } from './summary.js';
import { loadUserViews } from './user-views.js';

const MAX_FOUND = 10;

/** Looking people up in `users`. */
export function createUserDirectory(client: PrismaClient): UserDirectory {
  return {
    summary: () => readSummary(client),
    listUsers: (filter) => listUsers(client, filter),
    findUsers: async ({ kind, codeOrLogin }) => {
      const rows = await client.user.findMany({
        where:
          kind === undefined
            ? { OR: [{ code: codeOrLogin }, { login: codeOrLogin.toLowerCase() }] }
            : { kind, code: codeOrLogin },
        orderBy: [{ kind: 'asc' }, { code: 'asc' }],
        take: MAX_FOUND,
        select: { id: true },
      });
      return loadUserViews(
        client,
        rows.map(({ id }) => id),
      );
    },
    definitionLabels: async (domain) => {
      const rows = await client.definition.findMany({
        where: { domain },
        select: { code: true, label: true },
      });
      return new Map(rows.map(({ code, label }) => [code, label]));
    },
  };
}

async function listUsers(
  client: PrismaClient,
  filter: UserFilter,
): Promise<{ items: UserView[]; nextCursor: string | null }> {
  const after = filter.cursor === undefined ? null : await positionOf(client, filter.cursor);
  const oneMore = { ...filter, limit: filter.limit + 1 };
  const rows = await client.$queryRaw<{ id: number }[]>(listUserIdsSql(oneMore, after));
  const ids = rows.slice(0, filter.limit).map(({ id }) => id);
  const lastId = ids.at(-1);
  const hasMore = rows.length > filter.limit && lastId !== undefined;
  return {
    items: await loadUserViews(client, ids),
    nextCursor: hasMore ? String(lastId) : null,
  };
}

/** A cursor is the last user's id: it stands in addresses, where no name may. */
async function positionOf(client: PrismaClient, cursor: string): Promise<Position> {
  const id = /^[1-9]\d{0,9}$/.test(cursor) ? Number(cursor) : 0;
  const row =
    id > 2 ** 31 - 1
      ? null
      : await client.user.findUnique({ where: { id }, select: { id: true, searchName: true } });
  if (row === null) throw new InvalidCursorError();
  return row;
}
