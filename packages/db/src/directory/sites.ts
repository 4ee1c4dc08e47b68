import { cleanText, type Reach } from '@passerelle/roster';
import type { Page, SiteFilter, SiteView } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { allOf, holds, idOf, toPage } from './pages.js';

interface SiteRow {
  id: number;
  code: string;
  name: string;
  short_name: string | null;
  status: 'active' | 'suspended';
  groups: number;
  updated_at: Date;
}

/** One page of sites, by code. */
export async function listSites(client: PrismaClient, filter: SiteFilter): Promise<Page<SiteView>> {
  const { cursor, limit, status, search, reach } = filter;
  const conditions = [
    isAmong(reach),
    ...(cursor === undefined ? [] : [await afterSite(client, idOf(cursor), reach)]),
    ...(status === undefined ? [] : [Prisma.sql`s.status = ${status}::entity_status`]),
    ...(search === undefined ? [] : [holds(search, SEARCHED)]),
  ];
  return toPage(await selectSites(client, conditions, limit + 1), filter, toSiteView);
}

const SEARCHED = [Prisma.sql`s.code`, Prisma.sql`s.name`, Prisma.sql`s.short_name`];

/** Null: there is none, or the caller may not see it. */
export async function getSite(
  client: PrismaClient,
  code: string,
  reach: Reach,
): Promise<SiteView | null> {
  const is = Prisma.sql`s.code = ${cleanText(code) ?? ''}`;
  const [row] = await selectSites(client, [is, isAmong(reach)], 1);
  return row === undefined ? null : toSiteView(row);
}

function isAmong(reach: Reach): Prisma.Sql {
  return reach === 'everywhere' ? Prisma.sql`true` : Prisma.sql`s.code = ANY(${[...reach]})`;
}

async function afterSite(client: PrismaClient, id: number, reach: Reach): Promise<Prisma.Sql> {
  const [row] = await client.$queryRaw<{ code: string }[]>`
    SELECT s.code FROM sites s WHERE s.id = ${id}::int AND ${isAmong(reach)}`;
  if (row === undefined) throw new InvalidCursorError();
  return Prisma.sql`s.code > ${row.code}`;
}

function selectSites(
  client: PrismaClient,
  conditions: readonly Prisma.Sql[],
  limit: number,
): Promise<SiteRow[]> {
  return client.$queryRaw<SiteRow[]>`
    SELECT s.id, s.code, s.name, s.short_name, s.status::text, s.updated_at,
           (SELECT count(*)::int FROM groups g
             WHERE g.site_code = s.code AND g.status = 'active') AS groups
      FROM sites s WHERE ${allOf(conditions)} ORDER BY s.code LIMIT ${limit}::int`;
}

function toSiteView({ code, name, short_name, status, groups, updated_at }: SiteRow): SiteView {
  return { code, name, shortName: short_name, status, groups, updatedAt: updated_at };
}
