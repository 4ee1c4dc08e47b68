import type { GroupMember, Page, PlaceDirectory } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { toIsoDate } from '../stores/dates.js';
import { getGroup } from './groups.js';
import { allOf, idOf, toPage } from './pages.js';
import { isVisible } from './visible.js';

interface MemberRow {
  /** Of the membership. */
  id: number;
  kind: string;
  code: string;
  last_name: string;
  first_name: string;
  role: string;
  starts_on: Date | null;
  ends_on: Date | null;
  active: boolean;
  removed_at: Date | null;
}

/** One page of those who are or were in a group, by name. */
export async function listMembers(
  client: PrismaClient,
  { kind, code, reach }: Parameters<PlaceDirectory['listMembers']>[0],
  { cursor, limit, active }: Parameters<PlaceDirectory['listMembers']>[1],
): Promise<Page<GroupMember> | null> {
  const group = await getGroup(client, kind, code, reach);
  if (group === null) return null;
  const conditions = [
    Prisma.sql`m.group_id = ${group.id}::int`,
    ...(active === undefined ? [] : [Prisma.sql`m.active = ${active}`]),
    isVisible(reach),
  ];
  const after = cursor === undefined ? [] : [await afterMember(client, idOf(cursor), conditions)];
  const rows = await client.$queryRaw<MemberRow[]>`
    SELECT m.id, u.kind::text, u.code, u.last_name, u.first_name, m.role, m.starts_on, m.ends_on,
           m.active, m.removed_at
      FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE ${allOf([...conditions, ...after])}
     ORDER BY u.search_name, m.id LIMIT ${limit + 1}::int`;
  return toPage(rows, { limit }, toMember);
}

async function afterMember(
  client: PrismaClient,
  id: number,
  conditions: readonly Prisma.Sql[],
): Promise<Prisma.Sql> {
  const [row] = await client.$queryRaw<{ key: string }[]>`
    SELECT u.search_name AS key FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.id = ${id}::int AND ${allOf(conditions)}`;
  if (row === undefined) throw new InvalidCursorError();
  return Prisma.sql`(u.search_name, m.id) > (${row.key}, ${id}::int)`;
}

function toMember(row: MemberRow): GroupMember {
  return {
    ...{ user: `${row.kind}:${row.code}`, lastName: row.last_name, firstName: row.first_name },
    ...{ role: row.role, from: toIsoDate(row.starts_on), to: toIsoDate(row.ends_on) },
    ...{ active: row.active, removedAt: row.removed_at },
  };
}
