import type { UserDirectory } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { findUserIds } from '../directory/find-users.js';
import { listUsers } from '../directory/list-users.js';
import { readSummary } from './summary.js';
import { loadUserViews } from './user-views.js';

/** Looking people up in `users`. */
export function createUserDirectory(client: PrismaClient): UserDirectory {
  return {
    summary: () => readSummary(client),
    listUsers: (filter) => listUsers(client, filter),
    findUsers: async (reference) =>
      loadUserViews(client, await findUserIds(client, reference), reference.reach),
    getUser: async (id) => (await loadUserViews(client, [id]))[0] ?? null,
    definitionLabels: async (domain) => {
      const rows = await client.definition.findMany({
        where: { domain },
        select: { code: true, label: true },
      });
      return new Map(rows.map(({ code, label }) => [code, label]));
    },
  };
}
