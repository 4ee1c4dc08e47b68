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
  | 'definitions'
  | 'rejected';

export const STAGING_TABLES: readonly StagingTable[] = [
  'people',
  'memberships',
  'tutorships',
  'sites',
  'groups',
  'definitions',
  'rejected',
];

/** The columns apart from `part` and `attempt`, which every staging table has. */
export const STAGING_COLUMNS: Readonly<Record<StagingTable, readonly string[]>> = {
  // Not `is_full`: only code, hash and date of change; the registry already has the rest.
  people: [
    'is_full boolean NOT NULL',
    ...texts('code', 'hash', 'login', 'last_name', 'first_name', 'email'),
    'birth_date date',
    ...texts('site_code', 'usertype_code', 'status_code', 'cursus_code', 'program_code'),
    ...texts('program_step_code', 'source_modified_at', 'search_name', 'search_first_name'),
  ],
  memberships: [
    ...texts('code'),
    'group_kind group_kind NOT NULL',
    ...texts('group_code', 'role'),
    ...['starts_on date', 'ends_on date'],
  ],
  tutorships: [
    ...texts('code', 'student_code', 'company_code', 'company'),
    ...['starts_on date', 'ends_on date'],
  ],
  sites: texts('code', 'hash', 'name', 'short_name'),
  groups: [
    'kind group_kind NOT NULL',
    ...texts('code', 'hash', 'name', 'short_name', 'period_code', 'site_code', 'program_code'),
    ...['starts_on date', 'ends_on date'],
  ],
  definitions: [...texts('domain', 'code', 'hash', 'label'), ...['starts_on date', 'ends_on date']],
  // What tells records without a code apart; `rejected_records` keeps nothing of what they hold.
  rejected: ['ordinal int NOT NULL', ...texts('digest')],
};

/** Compared byte by byte, as in the registry: quick, and the same on every server. */
function texts(...names: string[]): string[] {
  return names.map((name) => `${name} text COLLATE "C"`);
}

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

/** All tables of a run: beside those of its rows, what was set aside. */
export function tablesOfRun(readings: readonly Reading[]): readonly StagingTable[] {
  return [...new Set(readings.flatMap(tablesOf)), 'rejected'];
}

/** The qualified name of a run's table; ids are integers, so it needs no quoting. */
export function stagingName(runId: number, table: StagingTable): string {
  if (!Number.isSafeInteger(runId) || runId < 0) {
    throw new RangeError(`A run's id must be a positive integer, not ${String(runId)}.`);
  }
  return `staging.run_${runId}_${table}`;
}
