import type { UserKind } from '@passerelle/roster';
import type { LinkOrigin } from '../ports/plan.js';
import { type Derivation, type MappingOf, READING_OF } from './field-rules.js';
import type { Phrase } from './phrase.js';

/** Where a membership or a tutorship comes from, and whether it counts today. */
export function deriveLink(link: LinkOrigin, kind: UserKind, mappingOf: MappingOf): Derivation {
  const reading = link.entity === 'tutorship' ? 'tutors' : READING_OF[kind];
  const mapping = mappingOf(reading);
  const fields = FIELDS[reading];
  const paths = fields.flatMap((field) => mapping?.fields[field]?.paths ?? []);
  return { operation: mapping?.operation ?? null, paths, rule: sayLink(link, SAID[reading]) };
}

/** What a link is made of: whom it is with, and its dates. */
const FIELDS = {
  students: ['enrolments.groupCode', 'enrolments.startsOn', 'enrolments.departsOn'],
  teachers: ['assignments.groupCode', 'assignments.startsOn', 'assignments.endsOn'],
  tutors: [
    'contracts.studentCode',
    'contracts.startsOn',
    'contracts.endsOn',
    'contracts.terminatedOn',
  ],
} as const;

const SAID: Readonly<Record<keyof typeof FIELDS, Phrase>> = {
  students: {
    fr: 'une inscription d’une période lue nomme le groupe',
    en: 'an enrolment of a period that is read names the group',
  },
  teachers: {
    fr: 'une affectation d’une période lue nomme le groupe',
    en: 'an assignment of a period that is read names the group',
  },
  tutors: { fr: 'un contrat nomme l’apprenant', en: 'a contract names the learner' },
};

function sayLink({ entity, value, removedAt }: LinkOrigin, said: Phrase): Phrase {
  if (removedAt !== null) {
    return {
      fr: `n’y est plus : ${said.fr}, disait une lecture antérieure ; la dernière lecture complète ne le dit plus`,
      en: `is gone: ${said.en}, an earlier reading said; the last complete one no longer does`,
    };
  }
  if (value['active'] === true) {
    return {
      fr: `${said.fr}, et ses dates contiennent le jour du traitement`,
      en: `${said.en}, and its dates contain the day of the run`,
    };
  }
  const known = value[entity === 'membership' ? 'group_known' : 'student_known'] === true;
  return known
    ? {
        fr: `${said.fr}, mais ne compte pas au jour du traitement : hors dates, ou suspendu de l’autre côté`,
        en: `${said.en}, but it does not count on the day of the run: outside its dates, or the other side is suspended`,
      }
    : {
        fr: `${said.fr}, que le registre ne connaît pas encore`,
        en: `${said.en}, which the registry does not know yet`,
      };
}
