import type { Bilingual } from '../schedule/field-rules.js';
import type { Reading } from '../entities.js';
import type { GuardPlace, TrippedGuard } from './evaluate-guards.js';

/** One sentence on why a guard tripped, with its numbers. */
export function describeGuard(tripped: TrippedGuard): Bilingual {
  return { fr: inFrench(tripped), en: inEnglish(tripped) };
}

function inEnglish(tripped: TrippedGuard): string {
  const { guard, reading, subject } = tripped;
  const found = tripped.found.toLocaleString('en');
  const limit = tripped.limit.toLocaleString('en');
  const of = tripped.of.toLocaleString('en');
  const list = LISTS[reading].en;
  switch (guard) {
    case 'anonymous':
      return `${found} rejected ${list} had no code and may be among the missing (${of} removals).`;
    case 'emptied':
      return tripped.part === null
        ? `None of the ${found} ${things(tripped).en}${where(tripped).en} came back.`
        : `The part ${partName(tripped).en} came back empty, and had ${found} active ${things(tripped).en}.`;
    case 'identity-swaps':
      return `${found} of ${of} known ${list} kept their code while name and birth date both changed; the guard allows ${limit}.`;
    case 'changed':
      return `${found} of ${of} known ${list} changed at once; the guard allows ${limit}.`;
    case 'rejected':
      return `${found} of ${of} ${list} read were rejected; the guard allows ${limit}.`;
    default:
      return `${found} of ${of} ${things(tripped).en}${where(tripped).en} would be ${subject === 'records' ? 'suspended' : 'removed'}; the guard allows ${limit}.`;
  }
}

function inFrench(tripped: TrippedGuard): string {
  const { guard, reading, subject } = tripped;
  const found = tripped.found.toLocaleString('fr');
  const limit = tripped.limit.toLocaleString('fr');
  const of = tripped.of.toLocaleString('fr');
  const list = LISTS[reading].fr;
  const e = subject !== 'records' || LISTS[reading].feminine ? 'e' : '';
  switch (guard) {
    case 'anonymous':
      return `${found} fiches mises de côté (${list}) n’ont pas de code et peuvent être celles d’absents (${of} retraits).`;
    case 'emptied':
      return tripped.part === null
        ? `Sur ${found} ${things(tripped).fr}${where(tripped).fr}, aucun${e} n’est revenu${e}.`
        : `La partie ${partName(tripped).fr} est revenue vide, et avait ${found} ${things(tripped).fr} en cours.`;
    case 'identity-swaps':
      return `Sur ${of} ${list} connus, ${found} ont gardé leur code alors que le nom et la date de naissance ont changé ; le garde-fou en permet ${limit}.`;
    case 'changed':
      return `Sur ${of} ${list} du registre, ${found} ont changé à la fois ; le garde-fou en permet ${limit}.`;
    case 'rejected':
      return `Sur ${of} fiches lues (${list}), ${found} ont été mises de côté ; le garde-fou en permet ${limit}.`;
    default:
      return `Sur ${of} ${things(tripped).fr}${where(tripped).fr}, ${found} seraient ${subject === 'records' ? 'suspendu' : 'retiré'}${e}s ; le garde-fou en permet ${limit}.`;
  }
}

/** What is counted, in the plural. */
function things({ reading, subject }: GuardPlace): Bilingual {
  const { fr, en, feminine } = LISTS[reading];
  if (subject === 'records')
    return { fr: `${fr} acti${feminine ? 'ves' : 'fs'}`, en: `active ${en}` };
  if (subject === 'memberships')
    return {
      fr: `appartenances ${fr.startsWith('e') || fr.startsWith('a') ? 'd’' : 'de '}${fr}`,
      en: `memberships of ${en}`,
    };
  return { fr: 'relations de tutorat', en: `tutorships of ${en}` };
}

/** Begins with a space; empty for the whole list. */
function where({ subject, site, group }: GuardPlace): Bilingual {
  if (site === null && group === null) return { fr: '', en: '' };
  const fr = group === null ? `site ${site}` : `groupe ${group}`;
  const en = group === null ? `site ${site}` : `group ${group}`;
  if (subject === 'records') return { fr: ` du ${fr}`, en: ` of ${en}` };
  if (subject === 'tutorships') {
    return { fr: ` pour des apprenants du ${fr}`, en: ` for learners of ${en}` };
  }
  return group === null
    ? { fr: ` dans les groupes du ${fr}`, en: ` in groups of ${en}` }
    : { fr: ` dans le ${fr}`, en: ` in ${en}` };
}

/** What a part was cut out by: `period 2026, site 2`. */
function partName({ part, site, group }: GuardPlace): Bilingual {
  const pieces = [
    { fr: 'période', en: 'period', code: part?.period ?? null },
    { fr: 'site', en: 'site', code: site },
    { fr: 'groupe', en: 'group', code: group },
  ].filter(({ code }) => code !== null);
  return {
    fr: pieces.map(({ fr, code }) => `${fr} ${code}`).join(', '),
    en: pieces.map(({ en, code }) => `${en} ${code}`).join(', '),
  };
}

type ListName = Bilingual & { feminine: boolean };

const masculine = (fr: string, en: string): ListName => ({ fr, en, feminine: false });
const definitions = (fr: string, domain: string): ListName => ({
  ...{ fr: `définitions (${fr})`, en: `definitions of ${domain}`, feminine: true },
});

/** The records of each list, in the plural. */
const LISTS: Readonly<Record<Reading, ListName>> = {
  students: masculine('apprenants', 'learners'),
  teachers: masculine('enseignants', 'teachers'),
  tutors: masculine('tuteurs', 'tutors'),
  sites: masculine('sites', 'sites'),
  groups: masculine('groupes', 'groups'),
  pdgroups: masculine('groupes de formation continue', 'continuing-education groups'),
  'definitions.period': definitions('périodes', 'period'),
  'definitions.usertype': definitions('types d’utilisateur', 'usertype'),
  'definitions.status': definitions('statuts', 'status'),
  'definitions.cursus': definitions('cursus', 'cursus'),
  'definitions.program': definitions('formations', 'program'),
  'definitions.program_step': definitions('étapes de formation', 'program_step'),
};
