import type { UserKind } from '@passerelle/roster';
import type { UserFilter } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { Prisma } from '../generated/client.js';
import type { Rank } from './ranks.js';
import { isAmongVisible, isVisible, visibleIds } from './visible.js';

/** People of a group or site, or suspended ones, at most: so many are collected and sorted within some milliseconds. */
const FEW = 4_000;
/** People of the sites that a caller may see, at most, who lie here and there: each is a page of the table to fetch. */
const FEW_VISIBLE = 1_000;
/** Likewise where tutors only are fetched, who are fewer. */
const FEW_WITH_TUTORS = 4_000;
/** Who fit a search in one way, at most: so many are collected, whoever may be seen of them. */
const FEW_FITTING = 3_000;
/** So few that each is asked by themselves. */
const VERY_FEW = 300;
/** Of people of the sites it is not counted further: they are many. */
const MANY_VISIBLE = 20_000;
/** To collect one person of the sites in a set, and to ask one person by themselves: processor time, in microseconds. */
const COLLECTING_COSTS = 0.8;
const ASKING_COSTS = 7;
/** People of one kind may be so much rarer in some sites than in others. */
const UNEVEN = 2;
/** People of other sites, and tutors, who are visible with each person of the sites, and that one: about. */
const WITH_EACH = 1.5;

type Narrowing = 'groupCode' | 'siteCode' | 'status' | 'reach' | 'search';

/**
 * How a list is best read.
 *
 * - `collect`: few people fit one of the filters, `by`; they are collected and sorted
 * - `goThrough`: everybody in the list's order, until a page is full
 *
 * `seen` is what asks of each whether the caller may see them; null where nobody needs to be asked.
 */
export type Approach = { seen: Prisma.Sql | null } & (
  | { way: 'collect'; ids: Prisma.Sql; by: Narrowing }
  | { way: 'goThrough' }
);

/** Chooses by the smallest set of people that one of the filters leaves. */
export async function chooseApproach(
  client: PrismaClient,
  filter: UserFilter,
  ranks: readonly Rank[],
): Promise<Approach> {
  const { reach = 'everywhere' } = filter;
  const sets = setsOf(filter);
  if (sets.length === 0) return { way: 'goThrough', seen: null };
  const ways = ranks.filter(({ number }) => number > 0);
  const counts = await countAll(client, sets, ways);
  const narrow = sets
    .map((set, at) => ({ ...set, count: counts.sets[at] ?? Number.NaN }))
    .filter(({ count, few }) => count <= few);
  const mostFitting =
    narrow.length > 0 ? VERY_FEW : Math.min(FEW_FITTING, untilFull(filter, counts));
  const fitting = await countFitting(client, ways, counts.fitting, mostFitting);
  if (fitting !== null) {
    narrow.push({
      by: 'search',
      ids: allWhoFit(ranks),
      few: fitting,
      most: fitting,
      count: fitting,
    });
  }
  const [least] = narrow.toSorted((one, other) => one.count - other.count);
  if (reach === 'everywhere')
    return least === undefined
      ? { way: 'goThrough', seen: null }
      : { way: 'collect', ...least, seen: null };
  return least === undefined
    ? throughAll(filter, reach, counts)
    : throughFew(filter, reach, counts, least);
}

type Reached = Exclude<UserFilter['reach'], 'everywhere' | undefined>;

function throughAll(filter: UserFilter, reach: Reached, counts: Counts): Approach {
  const seen = isSetCheaper(filter, counts, untilFull(filter, counts))
    ? isAmongVisible(reach, filter.kind, ANYBODY)
    : isVisible(reach);
  return { way: 'goThrough', seen };
}

function throughFew(
  filter: UserFilter,
  reach: Reached,
  counts: Counts,
  { by, ids, count }: NarrowSet & { count: number },
): Approach {
  if (by === 'reach') return { way: 'collect', ids, by, seen: null };
  if (!isSetCheaper(filter, counts, count)) {
    return { way: 'collect', ids, by, seen: isVisible(reach) };
  }
  // Most are not to be seen: that is found out by indexes, before anybody is fetched.
  const isSeen = isAmongVisible(reach, filter.kind, FOUND);
  const within = Prisma.sql`SELECT found.id FROM (${ids}) found WHERE ${isSeen}`;
  // The few who are left are asked once more, now that it is known who is a tutor.
  return { way: 'collect', ids: within, by, seen: isVisible(reach) };
}

/** Of `users u`. */
const ANYBODY = { id: Prisma.sql`u.id`, mayBeTutor: Prisma.sql`u.kind = 'tutor'` };
/** Known by their ids only. */
const FOUND = { id: Prisma.sql`found.id`, mayBeTutor: Prisma.sql`true` };

interface Counts {
  /** Each as far as it matters. */
  sets: number[];
  /** In each way in which somebody may fit the search, whether more than very few. */
  fitting: number[];
  /** People of the caller's sites, as far as it matters; NaN: the caller sees everybody. */
  visible: number;
  /** All people there are, as PostgreSQL estimates; below nought where it does not know. */
  everybody: number;
}

async function countAll(
  client: PrismaClient,
  sets: readonly NarrowSet[],
  ways: readonly Rank[],
): Promise<Counts> {
  const [row] = await client.$queryRaw<Omit<Counts, 'visible'>[]>(Prisma.sql`
    SELECT ${countEach(sets.map(({ ids, counted = ids, most }) => ({ counted, most })))} AS sets,
           ${countEach(ways.map((way) => ({ counted: allOfWay(way), most: VERY_FEW })))} AS fitting,
           (SELECT reltuples FROM pg_class WHERE oid = 'users'::regclass)::float8 AS everybody`);
  const counts = row ?? { sets: [], fitting: [], everybody: -1 };
  const visible = counts.sets[sets.findIndex(({ by }) => by === 'reach')] ?? Number.NaN;
  return { ...counts, visible };
}

/**
 * How many fit a search, those who fit in two ways counted twice. Each way is counted on
 * only where that decides something: counting half a million takes long, too.
 *
 * @param most in one way, at most
 * @returns null: more, or there is no search
 */
async function countFitting(
  client: PrismaClient,
  ways: readonly Rank[],
  counted: readonly number[],
  most: number,
): Promise<number | null> {
  const further = ways.filter((_way, at) => (counted[at] ?? 0) > VERY_FEW);
  if (ways.length === 0 || (further.length > 0 && most <= VERY_FEW)) return null;
  if (further.length === 0) return sumOf(counted);
  const [row] = await client.$queryRaw<{ fitting: number[] }[]>(Prisma.sql`
    SELECT ${countEach(further.map((way) => ({ counted: allOfWay(way), most })))} AS fitting`);
  const fitting = row?.fitting ?? [Number.POSITIVE_INFINITY];
  if (Math.max(...fitting) > most) return null;
  return sumOf(fitting) + sumOf(counted.filter((count) => count <= VERY_FEW));
}

/** Whether to collect a set of who is visible is cheaper than to ask so many people by themselves. */
function isSetCheaper({ kind }: UserFilter, { visible }: Counts, asked: number): boolean {
  if (!(visible <= MANY_VISIBLE) || asked <= VERY_FEW) return false;
  // Of a kind that most are not of, more may have to be asked than the mean says.
  const atWorst = kind === 'teacher' || kind === 'tutor' ? UNEVEN * asked : asked;
  return visible * COLLECTING_COSTS < atWorst * ASKING_COSTS;
}

/** How many people are asked until a page is full, about: a search that fits more in one way fills it by itself. */
function untilFull({ limit }: UserFilter, { visible, everybody }: Counts): number {
  if (Number.isNaN(visible)) return Number.POSITIVE_INFINITY;
  return Math.round(Math.max(0, everybody) * Math.min(1, limit / Math.max(1, WITH_EACH * visible)));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

function allOfWay({ fits, key }: Rank): Prisma.Sql {
  return Prisma.sql`SELECT FROM users u WHERE ${fits} ORDER BY ${key}`;
}

/** Each way is an index's. */
function allWhoFit(ranks: readonly Rank[]): Prisma.Sql {
  return Prisma.join(
    ranks.map(({ fits }) => Prisma.sql`SELECT u.id FROM users u WHERE ${fits}`),
    ' UNION ',
  );
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

interface NarrowSet {
  ids: Prisma.Sql;
  /** Rows that indexes alone answer, about as many as ids; the ids themselves where it is not told. */
  counted?: Prisma.Sql;
  /** The filter that they fit already. */
  by: Narrowing;
  /** So many are few. */
  few: number;
  /** Counted up to so many. */
  most: number;
}

function setsOf({ groupCode, groupKind, siteCode, status, kind, reach }: UserFilter): NarrowSet[] {
  const sets: NarrowSet[] = [];
  const add = (by: Narrowing, ids: Prisma.Sql) => sets.push({ by, ids, few: FEW, most: FEW });
  if (groupCode !== undefined) add('groupCode', membersOf(groupCode, groupKind));
  if (siteCode !== undefined) add('siteCode', ofSites([siteCode]));
  if (status === 'suspended') {
    const ofKind = kind === undefined ? Prisma.empty : Prisma.sql`AND ${KIND_IS[kind]}`;
    add('status', Prisma.sql`SELECT u.id FROM users u WHERE u.status = 'suspended' ${ofKind}`);
  }
  // Members by groups, and tutors, are about as many as those of the sites themselves.
  if (reach !== undefined && reach !== 'everywhere') {
    const few = kind === 'tutor' ? FEW_WITH_TUTORS : FEW_VISIBLE;
    const set = { ids: visibleIds(reach, kind), counted: ofSites(reach) };
    sets.push({ by: 'reach', ...set, few, most: MANY_VISIBLE });
  }
  return sets;
}

/** Spelt out, so that the planner sees the partial indexes on teachers and tutors. */
export const KIND_IS: Readonly<Record<UserKind, Prisma.Sql>> = {
  student: Prisma.sql`u.kind = 'student'`,
  teacher: Prisma.sql`u.kind = 'teacher'`,
  tutor: Prisma.sql`u.kind = 'tutor'`,
};

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
