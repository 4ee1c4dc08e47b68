import type { UserFilter } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { Prisma } from '../generated/client.js';
import type { Rank } from './ranks.js';
import { visibleIds } from './visible.js';

/** People of a site, or suspended ones, at most: so many are collected and sorted within some milliseconds. */
const FEW = 4_000;
/** Who fit a search in one way, at most: so many are asked one by one. */
const VERY_FEW = 300;

type Narrowing = 'groupCode' | 'siteCode' | 'status' | 'reach';

/** Few people, among whom the whole list is. */
export interface NarrowSet {
  ids: Prisma.Sql;
  /** The filter that they fit already. */
  by: Narrowing;
}

/**
 * The smallest set of people that one of the filters leaves, if that is few: they are
 * then collected and sorted. Null: many are left, and going through them in the list's
 * order soon fills a page; or so few fit the search that there is not much to go through.
 */
export async function narrowSet(
  client: PrismaClient,
  filter: UserFilter,
  ranks: readonly Rank[],
): Promise<NarrowSet | null> {
  const sets = setsOf(filter);
  if (sets.length === 0) return null;
  const fitting = ranks.filter(({ number }) => number > 0);
  const [row] = await client.$queryRaw<{ sets: number[]; fitting: number[] }[]>(Prisma.sql`
    SELECT ${countEach(
      sets.map(({ counted }) => counted),
      FEW,
    )} AS sets,
           ${countEach(
             fitting.map(
               ({ fits, key }) => Prisma.sql`SELECT FROM users u WHERE ${fits} ORDER BY ${key}`,
             ),
             VERY_FEW,
           )} AS fitting`);
  if (row === undefined) return null;
  if (fitting.length > 0 && Math.max(...row.fitting) <= VERY_FEW) return null;
  const least = Math.min(...row.sets);
  return least > FEW ? null : (sets[row.sets.indexOf(least)] ?? null);
}

/** How many rows each has, up to one more than that. */
function countEach(queries: readonly Prisma.Sql[], most: number): Prisma.Sql {
  if (queries.length === 0) return Prisma.sql`ARRAY[]::int[]`;
  const counts = queries.map(
    (query) => Prisma.sql`(SELECT count(*)::int FROM (${query} LIMIT ${most + 1}::int) few)`,
  );
  return Prisma.sql`ARRAY[${Prisma.join(counts)}]`;
}

interface CountedSet extends NarrowSet {
  /** Rows that an index alone answers; as many as there are ids, or about so. */
  counted: Prisma.Sql;
}

function setsOf({ groupCode, groupKind, siteCode, status, reach }: UserFilter): CountedSet[] {
  const sets: CountedSet[] = [];
  const add = (by: Narrowing, ids: Prisma.Sql, counted = ids) => sets.push({ by, ids, counted });
  if (groupCode !== undefined) add('groupCode', membersOf(groupCode, groupKind));
  if (siteCode !== undefined) add('siteCode', ofSites([siteCode]));
  if (status === 'suspended') {
    add('status', Prisma.sql`SELECT id FROM users WHERE status = 'suspended'`);
  }
  // Members by groups, and tutors, are about as many as those of the sites themselves.
  if (reach !== undefined && reach !== 'everywhere')
    add('reach', visibleIds(reach), ofSites(reach));
  return sets;
}

function ofSites(codes: readonly string[]): Prisma.Sql {
  return Prisma.sql`SELECT id FROM users WHERE site_code = ANY(${[...codes]})`;
}

/** Members of a group, of whichever kind where none is said, who are still in it at the source. */
export function membersOf(code: string, kind: UserFilter['groupKind']): Prisma.Sql {
  const ofKind = kind === undefined ? Prisma.empty : Prisma.sql`AND g.kind = ${kind}::group_kind`;
  return Prisma.sql`
    SELECT m.user_id AS id FROM memberships m JOIN groups g ON g.id = m.group_id
     WHERE g.code = ${code} ${ofKind} AND m.removed_at IS NULL`;
}
