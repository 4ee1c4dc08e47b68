import type { UserFilter } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { Prisma } from '../generated/client.js';
import type { Rank } from './ranks.js';
import { visibleIds } from './visible.js';

/** People of a site, or suspended ones, at most: so many are collected and sorted within some milliseconds. */
const FEW = 4_000;
/** Those whom a caller may see, at most, who lie here and there: each is a page of the table to fetch. */
const FEW_VISIBLE = 1_000;
/** So many are collected in a set, by indexes alone, to ask of everybody in turn whether they are in it. */
const SOME_VISIBLE = 4_000;
/** Who fit a search in one way, at most: so many are asked one by one. */
const VERY_FEW = 300;

type Narrowing = 'groupCode' | 'siteCode' | 'status' | 'reach';

/**
 * How a list is best read.
 *
 * - `collect`: few people fit one of the filters, `by`; they are collected and sorted
 * - `goThrough`: everybody in the list's order, until a page is full; `visible` are the ids
 *   of those whom the caller may see, where it is best to collect them for it, null where
 *   each is asked by themselves: most fit, or so few fit the search that little is gone through
 */
export type Approach =
  | { way: 'collect'; ids: Prisma.Sql; by: Narrowing }
  | { way: 'goThrough'; visible: Prisma.Sql | null };

const ONE_BY_ONE: Approach = { way: 'goThrough', visible: null };

/** Chooses by the smallest set of people that one of the filters leaves. */
export async function chooseApproach(
  client: PrismaClient,
  filter: UserFilter,
  ranks: readonly Rank[],
): Promise<Approach> {
  const sets = setsOf(filter);
  if (sets.length === 0) return ONE_BY_ONE;
  const fitting = ranks.filter(({ number }) => number > 0);
  const [row] = await client.$queryRaw<{ sets: number[]; fitting: number[] }[]>(Prisma.sql`
    SELECT ${countEach(sets)} AS sets,
           ${countEach(
             fitting.map(({ fits, key }) => ({
               counted: Prisma.sql`SELECT FROM users u WHERE ${fits} ORDER BY ${key}`,
               most: VERY_FEW,
             })),
           )} AS fitting`);
  if (row === undefined) return ONE_BY_ONE;
  if (fitting.length > 0 && Math.max(...row.fitting) <= VERY_FEW) return ONE_BY_ONE;
  const counted = sets.map((set, at) => ({ ...set, count: row.sets[at] ?? Number.NaN }));
  const [least] = counted
    .filter(({ count, few }) => count <= few)
    .sort((one, other) => one.count - other.count);
  if (least !== undefined) return { way: 'collect', ids: least.ids, by: least.by };
  const visible = counted.find(({ by, count, most }) => by === 'reach' && count <= most);
  return { way: 'goThrough', visible: visible?.ids ?? null };
}

/** How many rows each has, up to one more than that. */
function countEach(queries: readonly { counted: Prisma.Sql; most: number }[]): Prisma.Sql {
  if (queries.length === 0) return Prisma.sql`ARRAY[]::int[]`;
  const counts = queries.map(
    ({ counted, most }) =>
      Prisma.sql`(SELECT count(*)::int FROM (${counted} LIMIT ${most + 1}::int) few)`,
  );
  return Prisma.sql`ARRAY[${Prisma.join(counts)}]`;
}

interface CountedSet {
  ids: Prisma.Sql;
  /** The filter that they fit already. */
  by: Narrowing;
  /** Rows that an index alone answers; as many as there are ids, or about so. */
  counted: Prisma.Sql;
  /** Counted up to so many. */
  most: number;
  /** So many are few. */
  few: number;
}

function setsOf({ groupCode, groupKind, siteCode, status, reach }: UserFilter): CountedSet[] {
  const sets: CountedSet[] = [];
  const add = (by: Narrowing, ids: Prisma.Sql) =>
    sets.push({ by, ids, counted: ids, most: FEW, few: FEW });
  if (groupCode !== undefined) add('groupCode', membersOf(groupCode, groupKind));
  if (siteCode !== undefined) add('siteCode', ofSites([siteCode]));
  if (status === 'suspended') {
    add('status', Prisma.sql`SELECT id FROM users WHERE status = 'suspended'`);
  }
  // Members by groups, and tutors, are about as many as those of the sites themselves.
  if (reach !== undefined && reach !== 'everywhere') {
    const set = { ids: visibleIds(reach), counted: ofSites(reach) };
    sets.push({ by: 'reach', ...set, most: SOME_VISIBLE, few: FEW_VISIBLE });
  }
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
