import {
  DEFAULT_USERTYPES,
  type DefinitionDomain,
  type Reading,
  type UserKind,
} from '@passerelle/roster';
import type { FieldOrigin, ReadingMapping } from '../ports/source.js';
import { sayCurrentEnrolment } from './current-enrolment.js';
import type { Phrase } from './phrase.js';

/** Where a value comes from: paths of an operation's records, and the rule that makes it of them. */
export interface Derivation {
  /** The contract's operation; null: none has such a field. */
  operation: string | null;
  paths: readonly string[];
  rule: Phrase;
}

/** Where the contract takes the fields of a reading from. */
export type MappingOf = (reading: Reading) => ReadingMapping | null;

/** The values of a person's fields, by the registry's names. */
export type FieldValues = ReadonlyMap<string, string | null>;

/** The reading that brings the people of a kind. */
export const READING_OF = { student: 'students', teacher: 'teachers', tutor: 'tutors' } as const;

/** Where a field of a person comes from. */
export function deriveField(
  name: string,
  kind: UserKind,
  values: FieldValues,
  mappingOf: MappingOf,
): Derivation {
  const own = mappingOf(READING_OF[kind]);
  const coded = CODED.find(({ field }) => field === name);
  if (coded !== undefined) return deriveLabel(coded, kind, values, mappingOf);
  if (name === 'netypareo_ouverage') return from(own, 'birthDate', OF_AGE);
  if (name === 'status') return { operation: own?.operation ?? null, paths: [], rule: PRESENT };
  const enrolled = kind === 'student' ? ENROLLED.get(name) : undefined;
  if (enrolled !== undefined) return from(own, `enrolments.${enrolled}`, sayCurrentEnrolment(own));
  const recorded = RECORDED.get(name);
  if (recorded === undefined) return { operation: null, paths: [], rule: NOT_FOR_KIND };
  return from(own, recorded, name === 'login' || name === 'email' ? LOWERED : AS_RECORDED);
}

/** Fields of a person's own record. */
const RECORDED = new Map([
  ...(['code', 'login', 'email'] as const).map((name) => [name, name] as const),
  ['last_name', 'lastName'],
  ['first_name', 'firstName'],
  ['birth_date', 'birthDate'],
  ['site_code', 'siteCode'],
  ['usertype_code', 'typeCode'],
]);

/** Fields that a learner's current enrolment gives. */
const ENROLLED = new Map([
  ['site_code', 'siteCode'],
  ['status_code', 'statusCode'],
  ['cursus_code', 'cursusCode'],
  ['program_code', 'programCode'],
  ['program_step_code', 'stepCode'],
]);

interface CodedField {
  field: string;
  code: string;
  domain: DefinitionDomain;
  said: Phrase;
}

/** Fields that are labels of the centre's code tables. */
const CODED: readonly CodedField[] = [
  {
    field: 'netypareo_usertype',
    code: 'usertype_code',
    domain: 'usertype',
    said: { fr: 'type d’utilisateur', en: 'user type' },
  },
  {
    field: 'netypareo_status',
    code: 'status_code',
    domain: 'status',
    said: { fr: 'statut', en: 'status' },
  },
  {
    field: 'netypareo_cursus',
    code: 'cursus_code',
    domain: 'cursus',
    said: { fr: 'cursus', en: 'cursus' },
  },
  {
    field: 'netypareo_program',
    code: 'program_code',
    domain: 'program',
    said: { fr: 'formation', en: 'programme' },
  },
  {
    field: 'netypareo_program_step',
    code: 'program_step_code',
    domain: 'program_step',
    said: { fr: 'année', en: 'step' },
  },
];

function deriveLabel(
  { field, code: codeField, domain, said }: CodedField,
  kind: UserKind,
  values: FieldValues,
  mappingOf: MappingOf,
): Derivation {
  const code = values.get(codeField) ?? null;
  if (code === null && domain !== 'usertype') {
    return { ...deriveField(codeField, kind, values, mappingOf), rule: noCode(said) };
  }
  const derived = from(mappingOf(`definitions.${domain}`), 'label', AS_RECORDED);
  const value = values.get(field);
  if (domain === 'usertype' && value === DEFAULT_USERTYPES[kind]) {
    return { ...derived, rule: labelOrDefault(said, code) };
  }
  return { ...derived, rule: value === code ? ownLabel(said, code) : labelOf(said, code) };
}

function from(mapping: ReadingMapping | null, field: string, rule: Phrase): Derivation {
  const origin = mapping?.fields[field];
  if (mapping === null || origin === undefined) {
    return { operation: mapping?.operation ?? null, paths: [], rule: UNMAPPED };
  }
  const { paths } = origin;
  return { operation: mapping.operation, paths, rule: withConstant(origin, rule) };
}

function withConstant({ constant }: FieldOrigin, rule: Phrase): Phrase {
  if (constant === null) return rule;
  return { fr: `valeur fixe du contrat : ${constant}`, en: `the contract’s constant ${constant}` };
}

const AS_RECORDED: Phrase = { fr: 'tel que la fiche le dit', en: 'as the record says' };
const LOWERED: Phrase = {
  fr: 'tel que la fiche le dit, en minuscules',
  en: 'as the record says, in lower case',
};
const OF_AGE: Phrase = {
  fr: 'calculé à partir de la date de naissance, au jour du traitement : majeur dès le jour des 18 ans',
  en: 'computed from the birth date on the day of the run: majeur from the eighteenth birthday on',
};
const PRESENT: Phrase = {
  fr: 'actif tant que la personne figure dans la réponse ; suspendu quand des lectures complètes ne la contiennent plus, et que son délai de grâce est passé',
  en: 'active while the person is in the answer; suspended when complete readings no longer hold them, and their grace has passed',
};
const NOT_FOR_KIND: Phrase = {
  fr: 'NetYParéo ne le donne pas pour ce type de personne',
  en: 'NetYParéo gives none for this kind of person',
};
const UNMAPPED: Phrase = {
  fr: 'le contrat ne le lit nulle part',
  en: 'the contract reads it from nowhere',
};

const labelOf = (said: Phrase, code: string | null): Phrase => ({
  fr: `libellé du code ${code} (${said.fr}) dans les définitions`,
  en: `label of ${said.en} code ${code} in the definition cache`,
});
const ownLabel = (said: Phrase, code: string | null): Phrase => ({
  fr: `le code ${code} (${said.fr}) n’a pas d’autre libellé dans les définitions : il se représente lui-même`,
  en: `${said.en} code ${code} has no other label in the definition cache: it stands for itself`,
});
const labelOrDefault = (said: Phrase, code: string | null): Phrase =>
  code === null
    ? {
        fr: `la fiche ne donne pas de ${said.fr} : valeur par défaut`,
        en: `the record gives no ${said.en}: the default`,
      }
    : {
        fr: `libellé du code ${code} (${said.fr}) dans les définitions, ou valeur par défaut s’il n’y est pas`,
        en: `label of ${said.en} code ${code} in the definition cache, or the default if it is not there`,
      };
const noCode = (said: Phrase): Phrase => ({
  fr: `aucun code (${said.fr}) n’est donné`,
  en: `no ${said.en} code is given`,
});
