import { cleanText, foldHandle, foldName } from '@passerelle/roster';
import { Prisma } from '../generated/client.js';

/** Sorts after every character in the "C" collation. */
const LAST_CHARACTER = '\u{10FFFF}';

/**
 * One way in which a person may fit a search. Lists go through the ways in turn, each
 * in the order of an index, so that a page is read without sorting all that fit.
 */
export interface Rank {
  /** As in cursors. */
  number: number;
  /** On `users u`; one that an index answers. */
  fits: Prisma.Sql;
  /** What those who fit are sorted by, then by id. */
  key: Prisma.Sql;
}

/** Everybody, by name: how people are listed who were not searched for. */
export const BY_NAME: Rank = {
  number: 0,
  fits: Prisma.sql`true`,
  key: Prisma.sql`u.search_name`,
};

/**
 * What a text may mean, the likeliest first: a code, login or address as it stands;
 * the beginning of a last name, a first name, a code, a login, an address. The last
 * three are of those that have capitals or accents, which few do.
 */
export function ranksOf(text: string): Rank[] {
  const search = cleanText(text);
  if (search === null) return [BY_NAME];
  const [name, handle, code] = [
    foldName(search),
    foldHandle(search.toLowerCase()),
    foldHandle(search),
  ];
  const lowered = search.toLowerCase();
  const names =
    name === ''
      ? []
      : [
          prefix(1, Prisma.sql`u.search_name`, name),
          prefix(2, Prisma.sql`u.search_first_name`, name),
        ];
  return [
    {
      number: 0,
      fits: Prisma.sql`(u.code = ${search} OR u.login = ${lowered} OR u.email = ${lowered})`,
      key: Prisma.sql`u.search_name`,
    },
    ...names,
    prefix(3, Prisma.sql`u.code`, code),
    prefix(4, Prisma.sql`u.login`, handle),
    prefix(5, Prisma.sql`u.email`, handle),
    odd(6, Prisma.sql`u.code`, code),
    odd(7, Prisma.sql`u.login`, handle),
    odd(8, Prisma.sql`u.email`, handle),
  ];
}

function prefix(number: number, key: Prisma.Sql, start: string): Rank {
  return {
    number,
    key,
    fits: Prisma.sql`(${key} >= ${start} AND ${key} < ${start + LAST_CHARACTER})`,
  };
}

/** Spelt as in the partial index, so that it is used. */
function odd(number: number, column: Prisma.Sql, start: string): Rank {
  const rank = prefix(number, Prisma.sql`(passerelle_fold(${column}) COLLATE "C")`, start);
  return { ...rank, fits: Prisma.sql`(${column} <> passerelle_fold(${column}) AND ${rank.fits})` };
}
