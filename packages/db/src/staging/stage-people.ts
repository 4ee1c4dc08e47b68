import { foldName, type StagedPerson, type UserKind } from '@passerelle/roster';
import { toArrayLiteral } from './array-literal.js';
import type { KnownKinds } from './known-kinds.js';
import { type SqlClient, stagingName } from './tables.js';

/** Which attempt of which part rows belong to. */
export interface Stamp {
  runId: number;
  part: number;
  attempt: number;
}

/**
 * Stages at most some thousand people with their links.
 *
 * @returns how many rows that made, links included
 */
export async function stagePeople(
  db: SqlClient,
  stamp: Stamp,
  kind: UserKind,
  knownKinds: KnownKinds,
  people: readonly StagedPerson[],
): Promise<number> {
  const unknown = (await knownKinds(stamp.runId, kind))
    ? await stageKnownPeople(db, stamp, kind, people)
    : people;
  const known = people.length - unknown.length;
  if (unknown.length === 0) return known;
  return known + (await stageFullPeople(db, stamp, unknown));
}

/**
 * Stages those that the registry has word for word, as key and hash (and date
 * of change, which the hash leaves out): on most nights that is nearly everyone.
 * Only active users: what a suspended one had was taken away, and must be read
 * in full when they return.
 *
 * @returns the others
 */
async function stageKnownPeople(
  db: SqlClient,
  { runId, part, attempt }: Stamp,
  kind: UserKind,
  people: readonly StagedPerson[],
): Promise<StagedPerson[]> {
  const [row] = await db.$queryRawUnsafe<{ positions: number[] }[]>(
    `WITH given AS (
       SELECT g.code, g.hash, g.modified_at, g.position::int
         FROM unnest($4::text[], $5::text[], $6::text[])
              WITH ORDINALITY AS g (code, hash, modified_at, position)
     ), known AS MATERIALIZED (
       SELECT g.*
         FROM given g
        CROSS JOIN LATERAL (
              SELECT FROM users u
               WHERE u.kind = $3::user_kind AND u.code = g.code
                 AND u.content_hash = g.hash AND u.status = 'active'
              OFFSET 0) u -- looks each up by its key, however many users there are
     ), staged AS (
       INSERT INTO ${stagingName(runId, 'people')}
         (part, attempt, is_full, code, hash, source_modified_at)
       SELECT $1::int, $2::int, false, code, hash, modified_at FROM known
     )
     SELECT coalesce(array_agg(position), '{}') AS positions
       FROM given WHERE position NOT IN (SELECT position FROM known)`,
    part,
    attempt,
    kind,
    toArrayLiteral(people.map((person) => person.code)),
    toArrayLiteral(people.map((person) => person.hash)),
    toArrayLiteral(people.map((person) => person.sourceModifiedAt)),
  );
  const unknown = new Set(row?.positions);
  return people.filter((_, index) => unknown.has(index + 1));
}

/** One statement for the people and their links, so that none is there without the others. */
async function stageFullPeople(
  db: SqlClient,
  { runId, part, attempt }: Stamp,
  people: readonly StagedPerson[],
): Promise<number> {
  const memberships = people.flatMap(({ code, memberships: links }) =>
    links.map((link) => ({ ...link, code })),
  );
  const tutorships = people.flatMap(({ code, tutorships: links }) =>
    links.map((link) => ({ ...link, code })),
  );
  // Folded for searching, only now: an unchanged person needs no names.
  const names = people.map(({ lastName, firstName }) => ({
    last: foldName(lastName),
    first: foldName(firstName),
  }));
  await db.$executeRawUnsafe(
    `WITH m AS (
       INSERT INTO ${stagingName(runId, 'memberships')}
       SELECT $1::int, $2::int, *
         FROM unnest($19::text[], $20::group_kind[], $21::text[], $22::text[], $23::date[], $24::date[])
     ), t AS (
       INSERT INTO ${stagingName(runId, 'tutorships')}
       SELECT $1::int, $2::int, *
         FROM unnest($25::text[], $26::text[], $27::text[], $28::text[], $29::date[], $30::date[])
     )
     INSERT INTO ${stagingName(runId, 'people')}
     SELECT $1::int, $2::int, true, *
       FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::date[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
                   $15::text[], $16::text[], $17::text[], $18::text[])`,
    part,
    attempt,
    toArrayLiteral(people.map((row) => row.code)),
    toArrayLiteral(people.map((row) => row.hash)),
    toArrayLiteral(people.map((row) => row.login)),
    toArrayLiteral(people.map((row) => row.lastName)),
    toArrayLiteral(people.map((row) => row.firstName)),
    toArrayLiteral(people.map((row) => row.email)),
    toArrayLiteral(people.map((row) => row.birthDate)),
    toArrayLiteral(people.map((row) => row.siteCode)),
    toArrayLiteral(people.map((row) => row.usertypeCode)),
    toArrayLiteral(people.map((row) => row.statusCode)),
    toArrayLiteral(people.map((row) => row.cursusCode)),
    toArrayLiteral(people.map((row) => row.programCode)),
    toArrayLiteral(people.map((row) => row.programStepCode)),
    toArrayLiteral(people.map((row) => row.sourceModifiedAt)),
    toArrayLiteral(names.map(({ last, first }) => `${last} ${first}`)),
    toArrayLiteral(names.map(({ last, first }) => `${first} ${last}`)),
    toArrayLiteral(memberships.map((link) => link.code)),
    toArrayLiteral(memberships.map((link) => link.groupKind)),
    toArrayLiteral(memberships.map((link) => link.groupCode)),
    toArrayLiteral(memberships.map((link) => link.role)),
    toArrayLiteral(memberships.map((link) => link.startsOn)),
    toArrayLiteral(memberships.map((link) => link.endsOn)),
    toArrayLiteral(tutorships.map((link) => link.code)),
    toArrayLiteral(tutorships.map((link) => link.studentCode)),
    toArrayLiteral(tutorships.map((link) => link.companyCode)),
    toArrayLiteral(tutorships.map((link) => link.company)),
    toArrayLiteral(tutorships.map((link) => link.startsOn)),
    toArrayLiteral(tutorships.map((link) => link.endsOn)),
  );
  return people.length + memberships.length + tutorships.length;
}
