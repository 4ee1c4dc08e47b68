import type { GroupKind, IsoDate, UserKind } from '@passerelle/roster';
import type { Roll } from './generate/roll.js';
import type { CentreShape } from './shape.js';

/** What a training centre knows, before it is put on the wire. Codes are NetYParéo's integers. */

export interface Period {
  code: string;
  name: string;
  startsOn: IsoDate;
  endsOn: IsoDate;
}

/** A row of a code table. */
export interface Label {
  code: number;
  name: string;
  shortName: string;
}

export interface Program extends Label {
  fullName: string;
  /** Years it takes, each with its cursus ("BTS1", "BTS2"). */
  years: number;
  family: string;
  continuing: boolean;
}

export interface Site {
  code: number;
  name: string;
  shortName: string;
  fullName: string;
  zip: string;
  city: string;
}

export interface Group {
  code: number;
  kind: GroupKind;
  name: string;
  shortName: string;
  fullName: string;
  periodCode: string;
  siteCode: number;
  programCode: number;
  teacherCode: number | null;
  /** Year of the programme, from 1. */
  yearNumber: number;
  startsOn: IsoDate;
  endsOn: IsoDate;
}

export interface Enrolment {
  code: number;
  current: boolean;
  continuing: boolean;
  periodCode: string;
  siteCode: number;
  statusCode: number;
  stepCode: number | null;
  cursusCode: number | null;
  programCode: number;
  groupCode: number | null;
  startsOn: IsoDate | null;
  departsOn: IsoDate | null;
}

/** What the three kinds of people have in common. Logins and e-mails are as typed: cased, padded. */
export interface Person {
  code: number;
  female: boolean;
  lastName: string;
  firstName: string;
  login: string | null;
  email: string | null;
  typeCode: number | null;
  modifiedOn: IsoDate;
  /** False once they have left: no answer holds them. */
  present: boolean;
}

export interface Learner extends Person {
  birthDate: IsoDate | null;
  enrolments: Enrolment[];
  /** Sent without a name, to be set aside by whoever reads it. */
  bad: boolean;
}

export interface Assignment {
  groupCode: number;
  periodCode: string;
  continuing: boolean;
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
}

export interface Teacher extends Person {
  siteCode: number;
  assignments: Assignment[];
}

export interface Contract {
  code: number;
  learnerCode: number;
  /** Null: an interim contract after a rupture. */
  companyCode: number | null;
  startsOn: IsoDate;
  endsOn: IsoDate;
  terminatedOn: IsoDate | null;
}

export interface Tutor extends Person {
  siteCode: number;
  companyCode: number;
  contracts: Contract[];
}

/** The code tables. */
export interface Definitions {
  userTypes: readonly Label[];
  statuses: readonly Label[];
  cursus: readonly Label[];
  programs: readonly Program[];
  steps: readonly Label[];
}

/** A whole training centre on one day. */
export interface Centre {
  shape: CentreShape;
  periods: Period[];
  definitions: Definitions;
  sites: Site[];
  groups: Group[];
  /** In the order of their codes. */
  learners: Roll<Learner>;
  teachers: Teacher[];
  tutors: Tutor[];
}

/** The centre's people of one kind. */
export function peopleOf(centre: Centre, kind: UserKind): Iterable<Person> {
  return { student: centre.learners, teacher: centre.teachers, tutor: centre.tutors }[kind];
}
