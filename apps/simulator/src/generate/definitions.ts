import type { Definitions, Label, Program } from '../model.js';

/** The centre's code tables: labels as administrators type them (facts/netypareo.md, statuses of the guide). */

const table = (first: number, rows: readonly (readonly [string, string])[]): Label[] =>
  rows.map(([name, shortName], index) => ({ code: first + index, name, shortName }));

/** Codes of the user types that people are given. */
export const USER_TYPE = { learner: 1, teacher: 2, trainer: 3, tutor: 4, trainee: 6 } as const;

const userTypes = table(1, [
  ['Apprenant', 'APP'],
  ['Enseignant', 'ENS'],
  ['Formateur', 'FORM'],
  ['Tuteur en entreprise', 'TUT'],
  ['Administratif', 'ADM'],
  ['Stagiaire de formation continue', 'STAG'],
]);

const statuses = table(10, [
  ['apprenti', 'APP'],
  ['contrat pro', 'CP'],
  ['inter région', 'IR'],
  ['saisonnier', 'SAIS'],
  ['conjoint', 'CONJ'],
  ['auditeur libre', 'AL'],
  ['stagiaire FC', 'SFC'],
  ["demandeur d'emploi", 'DE'],
]);

const steps = table(1, [
  ['1re année', '1A'],
  ['2e année', '2A'],
  ['3e année', '3A'],
  ['Millésime unique', 'MU'],
]);

const PROGRAMS: readonly (readonly [string, string, number, string])[] = [
  ['BTS Management commercial & opérationnel', 'BTS MCO', 2, 'BTS'],
  ['BTS Comptabilité et gestion', 'BTS CG', 2, 'BTS'],
  ["BTS Support à l'action managériale", 'BTS SAM', 2, 'BTS'],
  ['BTS Électrotechnique', 'BTS ELT', 2, 'BTS'],
  ['CAP Boulanger', 'CAP BOUL', 2, 'CAP'],
  ['CAP Pâtissier', 'CAP PAT', 2, 'CAP'],
  ['CAP Métiers de la coiffure', 'CAP COIF', 2, 'CAP'],
  ['CAP Maçon', 'CAP MAC', 2, 'CAP'],
  ['CAP Menuisier fabricant', 'CAP MEN', 2, 'CAP'],
  ['Bac pro Maintenance des véhicules', 'BP MV', 3, 'BACPRO'],
  ['Bac pro Cuisine', 'BP CUI', 3, 'BACPRO'],
  ['Bac pro Métiers du commerce & de la vente', 'BP MCV', 3, 'BACPRO'],
  ['Brevet professionnel Préparateur en pharmacie', 'BP PHARMA', 2, 'BP'],
  ['Licence professionnelle Métiers du numérique', 'LP NUM', 1, 'LP'],
  ['Titre professionnel Technicien <réseaux>', 'TP RES', 1, 'TP'],
];

const SHORT_COURSES: readonly string[] = [
  'Habilitation électrique B1V',
  'Hygiène alimentaire & HACCP',
  'Sauveteur secouriste du travail',
  'Bureautique : « tableur » perfectionnement',
  "Tuteur d'apprentis",
  'CACES® R489 catégorie 3',
];

const programs: Program[] = [
  ...PROGRAMS.map(([name, shortName, years, family], index) => ({
    code: 301 + index,
    name,
    shortName,
    fullName: `${name} (${years} an${years > 1 ? 's' : ''})`,
    years,
    family,
    continuing: false,
  })),
  ...SHORT_COURSES.map((name, index) => ({
    code: 401 + index,
    name,
    shortName: `FC ${index + 1}`,
    fullName: `Formation continue : ${name}`,
    years: 1,
    family: 'FC',
    continuing: true,
  })),
];

const cursusNames = [
  ...new Set(
    programs.flatMap(({ family, years }) =>
      years === 1 ? [family] : Array.from({ length: years }, (_, year) => `${family}${year + 1}`),
    ),
  ),
];
const cursus = table(
  51,
  cursusNames.map((name) => [name, name]),
);
const cursusByName = new Map(cursus.map(({ name, code }) => [name, code]));

export const DEFINITIONS: Definitions = { userTypes, statuses, cursus, programs, steps };

/** The cursus of a year of a programme; null where the programme has none. */
export function cursusCodeOf(program: Program, yearNumber: number): number | null {
  return (
    cursusByName.get(program.years === 1 ? program.family : `${program.family}${yearNumber}`) ??
    null
  );
}

/** The code of a year in the programme ("1re année"); one-year programmes have a "millésime". */
export function stepCodeOf(program: Program, yearNumber: number): number {
  return program.years === 1 ? 4 : Math.min(3, yearNumber);
}
