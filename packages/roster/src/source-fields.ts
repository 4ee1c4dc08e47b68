import { DEFINITION_DOMAINS, type Reading } from './entities.js';

/** What a value from the source is turned into: dates become `YYYY-MM-DD`, absent values null. */
export type FieldType = 'text' | 'int' | 'bool' | 'date';
export type FieldValue = string | number | boolean | null;

/** One field of ours that a contract may map. */
export interface FieldSpec {
  type: FieldType;
  /** A record without it is set aside. */
  required?: true;
}

/** The fields of one reading: its own, and those of the lists inside a record. */
export interface ReadingSpec {
  fields: Readonly<Record<string, FieldSpec>>;
  lists: Readonly<Record<string, Readonly<Record<string, FieldSpec>>>>;
}

/** One record of the source after the contract has been applied to it. */
export interface SourceRecord {
  /** Keys are those of the reading's {@link ReadingSpec}; what the contract doesn't map is null. */
  fields: Record<string, FieldValue>;
  lists: Record<string, Record<string, FieldValue>[]>;
}

const text = { type: 'text' } as const;
const date = { type: 'date' } as const;
const bool = { type: 'bool' } as const;
const requiredText = { type: 'text', required: true } as const;

const person = {
  code: requiredText,
  login: text,
  lastName: requiredText,
  firstName: requiredText,
  email: text,
  birthDate: date,
  typeCode: text,
  /** The source's date of last change, as text that sorts; decides between differing records. */
  modifiedAt: text,
} as const;

const group: ReadingSpec = {
  fields: {
    code: requiredText,
    name: requiredText,
    shortName: text,
    periodCode: text,
    siteCode: text,
    programCode: text,
    startsOn: date,
    endsOn: date,
  },
  lists: {},
};

const definition: ReadingSpec = {
  fields: { code: requiredText, label: requiredText, startsOn: date, endsOn: date },
  lists: {},
};

/** The vocabulary of contracts: every field of ours, by reading. */
export const SOURCE_FIELDS: Readonly<Record<Reading, ReadingSpec>> = {
  sites: { fields: { code: requiredText, name: requiredText, shortName: text }, lists: {} },
  groups: group,
  pdgroups: group,
  students: {
    fields: person,
    lists: {
      enrolments: {
        /** Distinguishes two enrolments that agree in all else. */
        code: text,
        current: bool,
        continuing: bool,
        periodCode: text,
        siteCode: text,
        groupCode: text,
        statusCode: text,
        cursusCode: text,
        programCode: text,
        stepCode: text,
        startsOn: date,
        departsOn: date,
      },
    },
  },
  teachers: {
    fields: { ...person, siteCode: text },
    lists: {
      assignments: {
        continuing: bool,
        periodCode: text,
        groupCode: requiredText,
        startsOn: date,
        endsOn: date,
      },
    },
  },
  tutors: {
    fields: { ...person, siteCode: text, companyCode: text, companyName: text },
    lists: {
      contracts: {
        studentCode: requiredText,
        companyCode: text,
        companyName: text,
        startsOn: date,
        endsOn: date,
        terminatedOn: date,
      },
    },
  },
  ...(Object.fromEntries(
    DEFINITION_DOMAINS.map((domain) => [`definitions.${domain}`, definition]),
  ) as Record<`definitions.${(typeof DEFINITION_DOMAINS)[number]}`, ReadingSpec>),
};
