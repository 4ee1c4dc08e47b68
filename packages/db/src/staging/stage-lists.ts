import type { StagedDefinition, StagedGroup, StagedSite } from '@passerelle/roster';
import { toArrayLiteral } from './array-literal.js';
import type { Stamp } from './stage-people.js';
import { type SqlClient, stagingName } from './tables.js';

/** Stages at most some thousand sites. */
export async function stageSites(
  db: SqlClient,
  { runId, part, attempt }: Stamp,
  sites: readonly StagedSite[],
): Promise<number> {
  return db.$executeRawUnsafe(
    `INSERT INTO ${stagingName(runId, 'sites')}
     SELECT $1::int, $2::int, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])`,
    part,
    attempt,
    toArrayLiteral(sites.map((row) => row.code)),
    toArrayLiteral(sites.map((row) => row.hash)),
    toArrayLiteral(sites.map((row) => row.name)),
    toArrayLiteral(sites.map((row) => row.shortName)),
  );
}

/** Stages at most some thousand groups. */
export async function stageGroups(
  db: SqlClient,
  { runId, part, attempt }: Stamp,
  groups: readonly StagedGroup[],
): Promise<number> {
  return db.$executeRawUnsafe(
    `INSERT INTO ${stagingName(runId, 'groups')}
     SELECT $1::int, $2::int, *
       FROM unnest($3::group_kind[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::text[], $10::text[], $11::date[], $12::date[])`,
    part,
    attempt,
    toArrayLiteral(groups.map((row) => row.kind)),
    toArrayLiteral(groups.map((row) => row.code)),
    toArrayLiteral(groups.map((row) => row.hash)),
    toArrayLiteral(groups.map((row) => row.name)),
    toArrayLiteral(groups.map((row) => row.shortName)),
    toArrayLiteral(groups.map((row) => row.periodCode)),
    toArrayLiteral(groups.map((row) => row.siteCode)),
    toArrayLiteral(groups.map((row) => row.programCode)),
    toArrayLiteral(groups.map((row) => row.startsOn)),
    toArrayLiteral(groups.map((row) => row.endsOn)),
  );
}

/** Stages at most some thousand rows of code tables. */
export async function stageDefinitions(
  db: SqlClient,
  { runId, part, attempt }: Stamp,
  definitions: readonly StagedDefinition[],
): Promise<number> {
  return db.$executeRawUnsafe(
    `INSERT INTO ${stagingName(runId, 'definitions')}
     SELECT $1::int, $2::int, *
       FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[])`,
    part,
    attempt,
    toArrayLiteral(definitions.map((row) => row.domain)),
    toArrayLiteral(definitions.map((row) => row.code)),
    toArrayLiteral(definitions.map((row) => row.hash)),
    toArrayLiteral(definitions.map((row) => row.label)),
    toArrayLiteral(definitions.map((row) => row.startsOn)),
    toArrayLiteral(definitions.map((row) => row.endsOn)),
  );
}
