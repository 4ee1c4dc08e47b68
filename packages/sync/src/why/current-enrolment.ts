import type { ReadingMapping } from '../ports/source.js';
import type { Phrase } from './phrase.js';

/**
 * Which of a learner's enrolments counts, in the contract's own names (the rule
 * itself: packages/roster, `currentEnrolment`).
 */
export function sayCurrentEnrolment(mapping: ReadingMapping | null): Phrase {
  const nameOf = (field: string): string =>
    mapping?.fields[`enrolments.${field}`]?.paths.join(', ') || field;
  const [flag, start, departure] = [nameOf('current'), nameOf('startsOn'), nameOf('departsOn')];
  return {
    fr:
      `de l’inscription courante : celle que ${flag} désigne et dont ${departure} n’est pas passée ; ` +
      `à défaut celle dont les dates contiennent le jour du traitement, puis la prochaine à commencer, ` +
      `puis la dernière terminée ; à égalité, celle au plus récent ${start}`,
    en:
      `of the current enrolment: the one that ${flag} marks and whose ${departure} has not passed; ` +
      `else the one whose dates contain the day of the run, then the next to begin, then the last to ` +
      `have ended; among equals the one with the latest ${start}`,
  };
}
