import type { Reading } from '@passerelle/roster';
import type { Prisma } from '../generated/client.js';

/** What raw SQL is run through: the client itself, or a transaction of it. */
export type SqlClient = Pick<Prisma.TransactionClient, '$executeRawUnsafe' | '$queryRawUnsafe'>;

/** The staging tables there are; a run has those its readings need. */
export type StagingTable =
  | 'people'
  | 'memberships'
  | 'tutorships'
  | 'sites'
  | 'groups'
  | 'definitions';

export const STAGING_TABLES: readonly StagingTable[] = [
  'people',
  'memberships',
  'tutorships',
  'sites',
  'groups',
  'definitions',
];

/** The columns apart from `part` and `attempt`, which every staging table has. */
export const STAGING_COLUMNS: Readonly<Record<StagingTable, string>> = {
  // Not `is_full`: only code, hash and date of change; the registry already has the rest.
  people: `is_full boolean NOT NULL, code text NOT NULL, hash text NOT NULL, login text,
    last_name text, first_name text, email text, birth_date date, site_code text,
    usertype_code text, status_code text, cursus_code text, program_code text,
    program_step_code text, source_modified_at text, search_name text, search_first_name text`,
  memberships: `code text NOT NULL, group_kind group_kind NOT NULL, group_code text NOT NULL,
    role text NOT NULL, starts_on date, ends_on date`,
  tutorships: `code text NOT NULL, student_code text NOT NULL, company_code text NOT NULL,
    company text NOT NULL, starts_on date, ends_on date`,
  sites: 'code text NOT NULL, hash text NOT NULL, name text NOT NULL, short_name text',
  groups: `kind group_kind NOT NULL, code text NOT NULL, hash text NOT NULL, name text NOT NULL,
    short_name text, period_code text, site_code text, program_code text, starts_on date,
    ends_on date`,
  definitions: `domain text NOT NULL, code text NOT NULL, hash text NOT NULL, label text NOT NULL,
    starts_on date, ends_on date`,
};

/** The tables that a reading's rows go to. */
export function tablesOf(reading: Reading): readonly StagingTable[] {
  switch (reading) {
    case 'sites':
      return ['sites'];
    case 'groups':
    case 'pdgroups':
      return ['groups'];
    case 'students':
    case 'teachers':
    case 'tutors':
      return ['people', 'memberships', 'tutorships'];
    default:
      return ['definitions'];
  }
}

/** The qualified name of a run's table; ids are integers, so it needs no quoting. */
export function stagingName(runId: number, table: StagingTable): string {
  if (!Number.isSafeInteger(runId) || runId < 0) {
    throw new RangeError(`A run's id must be a positive integer, not ${String(runId)}.`);
  }
  return `staging.run_${runId}_${table}`;
}
