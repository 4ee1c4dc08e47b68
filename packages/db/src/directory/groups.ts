import { cleanText, type GroupKind, type Reach } from '@passerelle/roster';
import type { GroupFilter, GroupView, Page } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { toIsoDate } from '../stores/dates.js';
import { allOf, holds, idOf, toPage } from './pages.js';

interface GroupRow {
  id: number;
  kind: GroupKind;
  code: string;
  name: string;
  short_name: string | null;
  period_code: string | null;
  site_code: string | null;
  program_code: string | null;
  starts_on: Date | null;
  ends_on: Date | null;
  status: 'active' | 'suspended';
  students: number;
  teachers: number;
  updated_at: Date;
}

/** One page of groups, by kind and code. */
export async function listGroups(
  client: PrismaClient,
  filter: GroupFilter,
): Promise<Page<GroupView>> {
  const { cursor, limit, kind, status, periodCode, siteCode, search, reach } = filter;
  const conditions = [
    isOfSites(reach),
    ...(cursor === undefined ? [] : [await afterGroup(client, idOf(cursor), reach)]),
    ...(kind === undefined ? [] : [Prisma.sql`g.kind = ${kind}::group_kind`]),
    ...(status === undefined ? [] : [Prisma.sql`g.status = ${status}::entity_status`]),
    ...(periodCode === undefined ? [] : [Prisma.sql`g.period_code = ${periodCode}`]),
    ...(siteCode === undefined ? [] : [Prisma.sql`g.site_code = ${siteCode}`]),
    ...(search === undefined ? [] : [holds(search, SEARCHED)]),
  ];
  return toPage(await selectGroups(client, conditions, limit + 1), filter, toGroupView);
}

const SEARCHED = [Prisma.sql`g.code`, Prisma.sql`g.name`, Prisma.sql`g.short_name`];

/** Null: there is none, or it is of another site. */
export async function getGroup(
  client: PrismaClient,
  kind: GroupKind,
  code: string,
  reach: Reach,
): Promise<(GroupView & { id: number }) | null> {
  const is = Prisma.sql`g.kind = ${kind}::group_kind AND g.code = ${cleanText(code) ?? ''}`;
  const [row] = await selectGroups(client, [is, isOfSites(reach)], 1);
  return row === undefined ? null : { ...toGroupView(row), id: row.id };
}

/** On `groups g`. */
export function isOfSites(reach: Reach): Prisma.Sql {
  return reach === 'everywhere' ? Prisma.sql`true` : Prisma.sql`g.site_code = ANY(${[...reach]})`;
}

async function afterGroup(client: PrismaClient, id: number, reach: Reach): Promise<Prisma.Sql> {
  const [row] = await client.$queryRaw<{ kind: GroupKind; code: string }[]>`
    SELECT g.kind::text, g.code FROM groups g WHERE g.id = ${id}::int AND ${isOfSites(reach)}`;
  if (row === undefined) throw new InvalidCursorError();
  return Prisma.sql`(g.kind, g.code) > (${row.kind}::group_kind, ${row.code})`;
}

/** The page first, and only its groups' members are counted. */
function selectGroups(
  client: PrismaClient,
  conditions: readonly Prisma.Sql[],
  limit: number,
): Promise<GroupRow[]> {
  return client.$queryRaw<GroupRow[]>`
    SELECT page.id, page.kind::text, page.code, page.name, page.short_name, page.period_code,
           page.site_code, page.program_code, page.starts_on, page.ends_on, page.status::text,
           page.updated_at, counted.students, counted.teachers
      FROM (SELECT g.* FROM groups g WHERE ${allOf(conditions)}
             ORDER BY g.kind, g.code LIMIT ${limit}::int) page
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE m.role = 'student')::int AS students,
              count(*) FILTER (WHERE m.role = 'teacher')::int AS teachers
         FROM memberships m WHERE m.group_id = page.id AND m.active) counted
     ORDER BY page.kind, page.code`;
}

function toGroupView(row: GroupRow): GroupView {
  const { kind, code, name, status, students, teachers } = row;
  return {
    ...{ kind, code, name, shortName: row.short_name },
    ...{ period: row.period_code, site: row.site_code, program: row.program_code },
    ...{ startsOn: toIsoDate(row.starts_on), endsOn: toIsoDate(row.ends_on) },
    ...{ status, members: { students, teachers }, updatedAt: row.updated_at },
  };
}
