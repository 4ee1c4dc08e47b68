import type { GroupKind, IsoDate } from './entities.js';

/** Rows ready for staging: normalised, validated, with a hash of all that they say. */

export interface StagedSite {
  code: string;
  name: string;
  shortName: string | null;
  hash: string;
}

export interface StagedGroup {
  kind: GroupKind;
  code: string;
  name: string;
  shortName: string | null;
  periodCode: string | null;
  siteCode: string | null;
  programCode: string | null;
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
  hash: string;
}

export interface StagedDefinition {
  domain: string;
  code: string;
  label: string;
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
  hash: string;
}

/** A learner's or teacher's place in a group. */
export interface StagedMembership {
  groupKind: GroupKind;
  groupCode: string;
  role: 'student' | 'teacher';
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
}

/** A tutor's charge of a learner at a company. */
export interface StagedTutorship {
  studentCode: string;
  companyCode: string;
  company: string;
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
}

export interface StagedPerson {
  code: string;
  login: string | null;
  lastName: string;
  firstName: string;
  email: string | null;
  birthDate: IsoDate | null;
  siteCode: string | null;
  usertypeCode: string | null;
  statusCode: string | null;
  cursusCode: string | null;
  programCode: string | null;
  programStepCode: string | null;
  sourceModifiedAt: string | null;
  memberships: StagedMembership[];
  tutorships: StagedTutorship[];
  /** Covers everything above, links included. */
  hash: string;
}

/** A record set aside. Texts name the path and the reason, never a value. */
export interface Rejection {
  /** Position of the record in its part, from 1. */
  ordinal: number;
  /** The record's code, where it has one. */
  code: string | null;
  /** A class: `missing_field`, `bad_date`, `bad_value`, … */
  reason: string;
  path: string;
  message: string;
  /**
   * For a record without a code: the same wherever it is read again, so that it counts
   * once. Kept until the run has ended, in staging.
   */
  digest?: string | null;
}

/** One batch on its way to staging; a batch holds rows of one reading. */
export type StagedBatch =
  | { of: 'sites'; rows: StagedSite[] }
  | { of: 'groups'; rows: StagedGroup[] }
  | { of: 'definitions'; rows: StagedDefinition[] }
  | { of: 'people'; rows: StagedPerson[] };
