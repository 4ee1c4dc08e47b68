import type { UserFilter, UserView } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { loadUserViews } from '../stores/user-views.js';
import { type Approach, chooseApproach, KIND_IS, membersOf } from './narrow-set.js';
import { BY_NAME, type Rank, ranksOf } from './ranks.js';
import { isVisible } from './visible.js';

/** Somebody in a list: of which rank, and who. */
interface Found {
  rank: number;
  id: number;
}

/** Where a page begins: after this place. */
interface Position extends Found {
  key: string;
}

/**
 * One page of the people who fit, those first whom the search means most likely, and
 * by name. However many fit, a page is read by an index in its order, or from few.
 */
export async function listUsers(
  client: PrismaClient,
  filter: UserFilter,
): Promise<{ items: UserView[]; nextCursor: string | null }> {
  const ranks = filter.search === undefined ? [BY_NAME] : ranksOf(filter.search);
  const after = filter.cursor === undefined ? null : await positionOf(client, filter, ranks);
  const oneMore = { ...filter, limit: filter.limit + 1 };
  const approach = await chooseApproach(client, oneMore, ranks);
  const found =
    approach.way === 'goThrough'
      ? await goThrough(client, oneMore, ranks, after, approach.seen)
      : await collect(client, oneMore, ranks, after, approach);
  const page = found.slice(0, filter.limit);
  const last = page.at(-1);
  const items = await loadUserViews(
    client,
    page.map(({ id }) => id),
    filter.reach,
  );
  const hasMore = found.length > filter.limit && last !== undefined;
  return { items, nextCursor: hasMore ? `${last.rank}.${last.id}` : null };
}

/** Each rank in the order of its index, until the page is full. */
async function goThrough(
  client: PrismaClient,
  filter: UserFilter,
  ranks: readonly Rank[],
  after: Position | null,
  seen: Prisma.Sql | null,
): Promise<Found[]> {
  const filters = conditionsOf(filter, seen);
  const found: Found[] = [];
  for (const [place, rank] of ranks.entries()) {
    if (after !== null && rank.number < after.rank) continue;
    const conditions = [
      rank.fits,
      ...ranks
        .slice(0, place)
        .map(({ number, fits }) =>
          number === 0 ? isNotOf(fits) : Prisma.sql`(${fits}) IS NOT TRUE`,
        ),
      ...filters,
      ...(after?.rank === rank.number
        ? [Prisma.sql`(${rank.key}, u.id) > (${after.key}, ${after.id}::int)`]
        : []),
    ];
    const rows = await client.$queryRaw<{ id: number }[]>`
      SELECT u.id FROM users u WHERE ${Prisma.join(conditions, ' AND ')}
       ORDER BY ${rank.key}, u.id LIMIT ${filter.limit - found.length}::int`;
    found.push(...rows.map(({ id }) => ({ rank: rank.number, id })));
    if (found.length === filter.limit) break;
  }
  return found;
}

/** Few whom an index finds at once, so that nobody else's code, login and address are fetched. */
function isNotOf(fits: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`u.id NOT IN (SELECT u.id FROM users u WHERE ${fits})`;
}

/** All of a few, sorted as going through them would. */
async function collect(
  client: PrismaClient,
  filter: UserFilter,
  ranks: readonly Rank[],
  after: Position | null,
  { ids, by, seen }: Extract<Approach, { way: 'collect' }>,
): Promise<Found[]> {
  const { [by]: _fit, ...others } = filter;
  const conditions = conditionsOf(others, seen);
  const place =
    after === null
      ? Prisma.sql`rank IS NOT NULL`
      : Prisma.sql`(rank, key, id) > (${after.rank}::int, ${after.key}, ${after.id}::int)`;
  return client.$queryRaw<Found[]>`
    SELECT rank, id FROM (
      WITH few AS MATERIALIZED (${ids})
      SELECT u.id, ranked.rank, ${keyOf(ranks)} COLLATE "C" AS key
        FROM users u, LATERAL (SELECT ${rankOf(ranks)} AS rank OFFSET 0) ranked
       WHERE u.id IN (SELECT id FROM few)
         ${conditions.length === 0 ? Prisma.empty : Prisma.sql`AND ${Prisma.join(conditions, ' AND ')}`}) u
     WHERE ${place}
     ORDER BY rank, key, id LIMIT ${filter.limit}::int`;
}

function rankOf(ranks: readonly Rank[]): Prisma.Sql {
  const cases = ranks.map(({ fits, number }) => Prisma.sql`WHEN ${fits} THEN ${number}::int`);
  return Prisma.sql`CASE ${Prisma.join(cases, ' ')} END`;
}

function keyOf(ranks: readonly Rank[]): Prisma.Sql {
  const cases = ranks.map(({ key, number }) => Prisma.sql`WHEN ${number}::int THEN ${key}`);
  return Prisma.sql`CASE ranked.rank ${Prisma.join(cases, ' ')} END`;
}

/** Of the filter, apart from what is searched for, and of who may be seen. */
function conditionsOf(
  { kind, status, missing, groupCode, groupKind, siteCode }: Partial<UserFilter>,
  seen: Prisma.Sql | null,
): Prisma.Sql[] {
  return [
    ...(kind === undefined ? [] : [KIND_IS[kind]]),
    ...(status === undefined ? [] : [statusIs(status)]),
    ...(missing === undefined ? [] : [IS_MISSING]),
    ...(siteCode === undefined ? [] : [Prisma.sql`u.site_code = ${siteCode}`]),
    ...(groupCode === undefined ? [] : [Prisma.sql`u.id IN (${membersOf(groupCode, groupKind)})`]),
    ...(seen === null ? [] : [seen]),
  ];
}

/** Spelt out, so that the planner sees the partial index on the suspended ones. */
function statusIs(status: 'active' | 'suspended'): Prisma.Sql {
  return status === 'active' ? Prisma.sql`u.status = 'active'` : Prisma.sql`u.status = 'suspended'`;
}

/** Likewise for the index on those who are missing. */
const IS_MISSING = Prisma.sql`u.status = 'active' AND u.missing_on IS NOT NULL`;

/**
 * A cursor is a rank and an id: it stands in addresses, where no name may. Whom the
 * caller may not see is no place to go on from, or names could be guessed by it.
 */
async function positionOf(
  client: PrismaClient,
  { cursor = '', reach = 'everywhere' }: UserFilter,
  ranks: readonly Rank[],
): Promise<Position> {
  const [, number, digits] = /^(\d)\.([1-9]\d{0,9})$/.exec(cursor) ?? [];
  const rank = ranks.find((each) => String(each.number) === number);
  const id = Number(digits ?? 0);
  if (rank === undefined || id > 2 ** 31 - 1) throw new InvalidCursorError();
  const [row] = await client.$queryRaw<{ key: string | null }[]>`
    SELECT ${rank.key} AS key FROM users u WHERE u.id = ${id}::int AND ${isVisible(reach)}`;
  if (row === undefined || row.key === null) throw new InvalidCursorError();
  return { rank: rank.number, id, key: row.key };
}
