import { groupSharers, type Reading, type SharedHandle } from '@passerelle/roster';
import type { Page, Quarantine, QuarantinedRecord } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { idOf, toPage } from '../directory/pages.js';
import type { QuarantinedRecord as QuarantinedRow } from '../generated/client.js';

/** What waits to be put in order at the source: `quarantine`, and what `users` share. */
export function createQuarantine(client: PrismaClient): Quarantine {
  return {
    listRecords: () => listRecords(client),
    pageRecords: (filter) => pageRecords(client, filter),
    listSharers: async () => groupSharers(await readShared(client)),
  };
}

async function listRecords(client: PrismaClient): Promise<QuarantinedRecord[]> {
  const rows = await client.quarantinedRecord.findMany({
    orderBy: [{ entity: 'asc' }, { since: 'asc' }, { key: 'asc' }],
  });
  return rows.map(toRecord);
}

/** By number: those set aside first come first. */
async function pageRecords(
  client: PrismaClient,
  { cursor, limit, reading, siteCode, reach }: Parameters<Quarantine['pageRecords']>[0],
): Promise<Page<QuarantinedRecord>> {
  const rows = await client.quarantinedRecord.findMany({
    where: {
      ...(cursor === undefined ? {} : { id: { gt: idOf(cursor) } }),
      ...(reading === undefined ? {} : { entity: reading }),
      AND: [
        siteCode === undefined ? {} : { siteCode },
        reach === 'everywhere' ? {} : { siteCode: { in: [...reach] } },
      ],
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return toPage(rows, { limit }, toRecord);
}

function toRecord({ id: _id, key: _key, entity, ...row }: QuarantinedRow): QuarantinedRecord {
  return { reading: entity as Reading /* written from rejected_records */, ...row };
}

function readShared(client: PrismaClient): Promise<SharedHandle[]> {
  return client.$queryRaw<SharedHandle[]>`
    SELECT 'login' AS by, login AS value, kind::text, code FROM users
     WHERE status = 'active' AND login IN (
           SELECT login FROM users WHERE status = 'active' AND login IS NOT NULL
            GROUP BY login HAVING count(*) > 1)
     UNION ALL
    SELECT 'email', email, kind::text, code FROM users
     WHERE status = 'active' AND email IN (
           SELECT email FROM users WHERE status = 'active' AND email IS NOT NULL
            GROUP BY email HAVING count(*) > 1)`;
}
