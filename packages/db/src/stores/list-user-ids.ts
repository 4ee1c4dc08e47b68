import { foldName } from '@passerelle/roster';
import type { UserFilter } from '@passerelle/sync';
import { Prisma } from '../generated/client.js';

/** Sorts after every character in the "C" collation. */
const LAST_CHARACTER = '\u{10FFFF}';

/** Where a page begins: after this user. */
export interface Position {
  searchName: string;
  id: number;
}

/**
 * The ids of the users that fit, by folded name. Every condition on the whole
 * of `users` is one that an index answers (no LIKE with a leading %, no function
 * of a column).
 */
export function listUserIdsSql(
  { kind, status, missing, groupCode, siteCode, search, limit }: UserFilter,
  after: Position | null,
): Prisma.Sql {
  const conditions = [
    ...(kind === undefined ? [] : [Prisma.sql`u.kind = ${kind}::user_kind`]),
    ...(status === undefined ? [] : [statusIs(status)]),
    ...(missing === undefined ? [] : [IS_MISSING]),
    ...(siteCode === undefined ? [] : [Prisma.sql`u.site_code = ${siteCode}`]),
    ...(groupCode === undefined ? [] : [isInGroup(groupCode)]),
    ...(search === undefined || search.trim() === '' ? [] : [fits(search.trim())]),
    ...(after === null
      ? []
      : [Prisma.sql`(u.search_name, u.id) > (${after.searchName}, ${after.id}::int)`]),
  ];
  const where = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
  return Prisma.sql`SELECT u.id FROM users u WHERE ${where}
    ORDER BY u.search_name, u.id LIMIT ${limit}::int`;
}

/** Spelt out, so that the planner sees the partial index on the suspended ones. */
function statusIs(status: 'active' | 'suspended'): Prisma.Sql {
  return status === 'active' ? Prisma.sql`u.status = 'active'` : Prisma.sql`u.status = 'suspended'`;
}

/** Likewise for the index on those who are missing. */
const IS_MISSING = Prisma.sql`u.status = 'active' AND u.missing_on IS NOT NULL`;

function isInGroup(code: string): Prisma.Sql {
  return Prisma.sql`u.id IN (
    SELECT m.user_id FROM memberships m JOIN groups g ON g.id = m.group_id
    WHERE g.code = ${code} AND m.removed_at IS NULL)`;
}

function fits(search: string): Prisma.Sql {
  const lowered = search.toLowerCase();
  const folded = foldName(search);
  const exact = [
    Prisma.sql`u.code = ${search}`,
    Prisma.sql`u.login = ${lowered}`,
    Prisma.sql`u.email = ${lowered}`,
  ];
  const byName = [
    beginsWith(Prisma.sql`u.search_name`, folded),
    beginsWith(Prisma.sql`u.search_first_name`, folded),
  ];
  const ways = folded === '' ? exact : [...exact, ...byName];
  return Prisma.sql`(${Prisma.join(ways, ' OR ')})`;
}

function beginsWith(column: Prisma.Sql, prefix: string): Prisma.Sql {
  return Prisma.sql`(${column} >= ${prefix} AND ${column} < ${prefix + LAST_CHARACTER})`;
}
