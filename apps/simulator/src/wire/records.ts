import { toFrenchDate } from '../dates.js';
import { companyOf } from '../generate/tutors.js';
import { CITIES, STREETS } from '../generate/vocabulary.js';
import type {
  Centre,
  Contract,
  Enrolment,
  Group,
  Label,
  Learner,
  Period,
  Program,
  Site,
  Teacher,
  Tutor,
} from '../model.js';
import { hash32, pickAt } from '../random.js';
import type { BadByte } from '../shape.js';
import type { WireRecord } from './value.js';

/** Turns what the centre knows into NetYParéo's records. */
export interface RecordMaker {
  period(period: Period): WireRecord;
  userType(label: Label): WireRecord;
  status(label: Label): WireRecord;
  cursus(label: Label): WireRecord;
  program(program: Program): WireRecord;
  step(label: Label): WireRecord;
  site(site: Site): WireRecord;
  group(group: Group): WireRecord;
  learner(learner: Learner): WireRecord;
  teacher(teacher: Teacher): WireRecord;
  tutor(tutor: Tutor): WireRecord;
}

const COUNTRIES = ['française', 'belge', 'malienne', 'portugaise', 'turque'];

/** Null or an empty string, as it pleases the database behind the service: both mean nothing. */
const blank = (seed: number): null | '' => (hash32(seed) % 2 === 0 ? null : '');
const dateOr = (date: string | null, seed: number): string | null =>
  date === null ? blank(seed) : toFrenchDate(date);

/**
 * Makes the records of one centre; rows of code tables are one object each.
 * @param lean without what repeats a code's labels inside enrolments: half the size
 */
export function createRecordMaker(centre: Centre, lean = false): RecordMaker {
  const { definitions } = centre;
  const tables = {
    statuses: byCode(definitions.statuses, (label) => labelRecord('Statut', label)),
    steps: byCode(definitions.steps, stepRecord),
    programs: byCode(definitions.programs, programRecord),
    userTypes: new Map(definitions.userTypes.map(({ code, name }) => [code, name])),
  };
  return {
    period: ({ code, name, startsOn, endsOn }) => ({
      codePeriode: Number(code),
      nomPeriode: name,
      dateDeb: toFrenchDate(startsOn),
      dateFin: toFrenchDate(endsOn),
    }),
    userType: ({ code, name }) => ({ codeTypeUtilisateur: code, nomTypeUtilisateur: name }),
    status: (label) => labelRecord('Statut', label),
    cursus: ({ code, name }) => ({ codeCursus: code, nomCursus: name }),
    program: programRecord,
    step: stepRecord,
    site: siteRecord,
    group: groupRecord,
    learner: (learner) =>
      learnerRecord(
        learner,
        learner.enrolments.map((enrolment) =>
          lean ? leanEnrolment(enrolment) : enrolmentRecord(enrolment, tables),
        ),
        centre.shape.badByte,
      ),
    teacher: (teacher) => teacherRecord(teacher, tables.userTypes),
    tutor: tutorRecord,
  };
}

interface Tables {
  statuses: ReadonlyMap<number, WireRecord>;
  steps: ReadonlyMap<number, WireRecord>;
  programs: ReadonlyMap<number, WireRecord>;
}

const byCode = <L extends Label>(
  labels: readonly L[],
  record: (label: L) => WireRecord,
): ReadonlyMap<number, WireRecord> => new Map(labels.map((label) => [label.code, record(label)]));

const labelRecord = (suffix: string, { code, name, shortName }: Label): WireRecord => ({
  [`code${suffix}`]: code,
  [`nom${suffix}`]: name,
  [`abrege${suffix}`]: shortName,
});

const stepRecord = (label: Label): WireRecord => ({
  ...labelRecord('Annee', label),
  numeroAnnee: label.code,
});

const programRecord = (program: Program): WireRecord => ({
  ...labelRecord('Formation', program),
  etenduFormation: program.fullName,
  estFormationLongue: program.continuing ? 0 : 1,
  estFormationCourte: program.continuing ? 1 : 0,
});

function siteRecord(site: Site): WireRecord {
  const number = hash32(site.code);
  return {
    codeSite: site.code,
    nomSite: site.name,
    abregeSite: site.shortName,
    etenduSite: site.fullName,
    rne: `0${site.zip.slice(0, 2)}${String(number % 10_000).padStart(4, '0')}K`,
    siret: String(20_000_000_000_000 + (number % 1_000_000)),
    adresse: {
      adr1: `${(number % 90) + 1} ${pickAt(STREETS, number)}`,
      adr2: blank(number),
      cp: site.zip,
      ville: site.city,
      tel1: phoneNumber(number),
      email: `site${site.code}@cfa.example`,
    },
  };
}

const phoneNumber = (number: number): string =>
  `01${String(number % 100_000_000).padStart(8, '0')}`;

const groupRecord = (group: Group): WireRecord => ({
  codeGroupe: group.code,
  nomGroupe: group.name,
  abregeGroupe: group.shortName,
  etenduGroupe: group.fullName,
  codePeriode: Number(group.periodCode),
  codeSite: group.siteCode,
  codeFormation: group.programCode,
  codePersonnel: group.teacherCode ?? blank(group.code),
  dateDebut: toFrenchDate(group.startsOn),
  dateFin: toFrenchDate(group.endsOn),
  numeroAnnee: group.yearNumber,
  capaciteMax: 12 + (hash32(group.code) % 20),
  isFormationLongue: group.kind === 'initial' ? 1 : 0,
});

function enrolmentRecord(enrolment: Enrolment, tables: Tables): WireRecord {
  const { code } = enrolment;
  const status = tables.statuses.get(enrolment.statusCode) ?? null;
  const step = enrolment.stepCode === null ? null : (tables.steps.get(enrolment.stepCode) ?? null);
  return {
    codeInscription: code,
    isInscriptionEnCours: enrolment.current ? 1 : 0,
    isInscriptionFc: enrolment.continuing ? 1 : 0,
    codePeriode: Number(enrolment.periodCode),
    codeSite: enrolment.siteCode,
    codeStatut: enrolment.statusCode,
    statut: status,
    codeAnnee: enrolment.stepCode ?? blank(code),
    annee: step,
    codeCursus: enrolment.cursusCode ?? blank(code + 1),
    codeFormation: enrolment.programCode,
    formation: tables.programs.get(enrolment.programCode) ?? null,
    situation: {
      nomSituation: enrolment.departsOn === null ? 'Présent' : 'Sortie prévue',
      nomStatut: status?.nomStatut ?? null,
      nomAnnee: step?.nomAnnee ?? null,
    },
    codeGroupe: enrolment.groupCode ?? blank(code + 2),
    dateDebut: dateOr(enrolment.startsOn, code + 3),
    dateDepart: dateOr(enrolment.departsOn, code + 4),
  };
}

function leanEnrolment(enrolment: Enrolment): WireRecord {
  const { code } = enrolment;
  return {
    codeInscription: code,
    isInscriptionEnCours: enrolment.current ? 1 : 0,
    isInscriptionFc: enrolment.continuing ? 1 : 0,
    codePeriode: Number(enrolment.periodCode),
    codeSite: enrolment.siteCode,
    codeStatut: enrolment.statusCode,
    codeAnnee: enrolment.stepCode ?? blank(code),
    codeCursus: enrolment.cursusCode ?? blank(code + 1),
    codeFormation: enrolment.programCode,
    codeGroupe: enrolment.groupCode ?? blank(code + 2),
    dateDebut: dateOr(enrolment.startsOn, code + 3),
    dateDepart: dateOr(enrolment.departsOn, code + 4),
  };
}

/** PHP sends a control byte as it is. */
const nameOf = ({ code, lastName }: Learner, badByte: readonly BadByte[]): string =>
  badByte.some((bad) => bad.mode === 'control' && bad.code === code)
    ? `${lastName}\u0001`
    : lastName;

function learnerRecord(
  learner: Learner,
  enrolments: readonly WireRecord[],
  badByte: readonly BadByte[],
): WireRecord {
  const number = hash32(learner.code, 7);
  const current = learner.enrolments.find((enrolment) => enrolment.current);
  return {
    codeApprenant: learner.code,
    codeCivilite: learner.female ? 2 : 1,
    nomApprenant: learner.bad ? blank(number) : nameOf(learner, badByte),
    prenomApprenant: learner.firstName,
    sexe: learner.female ? 'F' : 'M',
    dateNaissance: dateOr(learner.birthDate, number),
    login: learner.login ?? blank(number + 1),
    adresse: homeOf(learner, number),
    codeTypeUtilisateur: learner.typeCode ?? blank(number + 2),
    dateCreation: toFrenchDate('2024-06-03'),
    dateModification: toFrenchDate(learner.modifiedOn),
    ...neverToBeStored(learner, number),
    informationsCourantes: {
      codeGroupe: current?.groupCode ?? blank(number + 3),
      codeQualite: 1 + (number % 3),
      codeInscription: current?.code ?? blank(number + 4),
    },
    inscriptions: enrolments,
  };
}

function homeOf(learner: Learner, number: number): WireRecord {
  const [city, zip] = pickAt(CITIES, number);
  return {
    adr1: `${(number % 130) + 1} ${pickAt(STREETS, number >>> 4)}`,
    adr2: number % 5 === 0 ? `Bât. ${'ABCDE'[number % 5]} & cour` : blank(number + 5),
    cp: zip,
    ville: city,
    tel1: phoneNumber(number),
    email: learner.email ?? blank(number + 6),
  };
}

/** What NetYParéo sends and no reader may keep (facts/netypareo.md, its last line). */
function neverToBeStored(learner: Learner, number: number): WireRecord {
  return {
    nationalite: pickAt(COUNTRIES, number >>> 3),
    numeroSecuriteSociale: `${learner.female ? 2 : 1}${String(number).padStart(12, '0').slice(0, 12)}`,
    isHandicape: number % 17 === 0 ? 1 : 0,
    iban: `FR76${String(number).padStart(23, '3')}`,
    representantsLegaux:
      number % 3 === 0
        ? []
        : [{ nom: learner.lastName, prenom: 'Dominique', telephone: phoneNumber(number >>> 1) }],
  };
}

const teacherRecord = (teacher: Teacher, userTypes: ReadonlyMap<number, string>): WireRecord => ({
  codePersonnel: teacher.code,
  nom: teacher.lastName,
  prenom: teacher.firstName,
  email: teacher.email ?? blank(teacher.code),
  login: teacher.login ?? blank(teacher.code + 1),
  codeTypeUtilisateur: teacher.typeCode ?? blank(teacher.code + 2),
  typeUtilisateur:
    (teacher.typeCode === null ? undefined : userTypes.get(teacher.typeCode)) ??
    blank(teacher.code + 2),
  isFormateur: 1,
  isAdministratif: teacher.code % 11 === 0 ? 1 : 0,
  uuidNetUtilisateur: uuidOf(teacher.code),
  codeSite: teacher.siteCode,
  dateModification: toFrenchDate(teacher.modifiedOn),
  groupes: teacher.assignments.map((assignment, index) => ({
    codeGroupe: assignment.groupCode,
    codePeriode: Number(assignment.periodCode),
    isGroupeFc: assignment.continuing ? 1 : 0,
    dateDebut: dateOr(assignment.startsOn, teacher.code + index),
    dateFin: dateOr(assignment.endsOn, teacher.code + index + 1),
  })),
});

function uuidOf(code: number): string {
  const hex = [1, 2, 3, 4].map((part) => hash32(code, part).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function tutorRecord(tutor: Tutor): WireRecord {
  const company = companyOf(tutor.companyCode);
  const { code } = tutor;
  return {
    codeInterlocuteur: code,
    codeCivilite: tutor.female ? 2 : 1,
    nom: tutor.lastName,
    prenom: tutor.firstName,
    email: tutor.email ?? blank(code),
    login: tutor.login ?? blank(code + 1),
    telephone: phoneNumber(hash32(code, 9)),
    codeEntreprise: tutor.companyCode,
    nomEntreprise: company.name,
    siret: company.siret,
    codeSite: tutor.siteCode,
    dateModification: toFrenchDate(tutor.modifiedOn),
    contrats: tutor.contracts.map(contractRecord),
  };
}

const contractRecord = (contract: Contract): WireRecord => ({
  codeContrat: contract.code,
  codeApprenant: contract.learnerCode,
  codeEntreprise: contract.companyCode ?? blank(contract.code),
  nomEntreprise:
    contract.companyCode === null ? blank(contract.code + 1) : companyOf(contract.companyCode).name,
  dateDebContrat: toFrenchDate(contract.startsOn),
  dateFinContrat: toFrenchDate(contract.endsOn),
  dateResiliation: dateOr(contract.terminatedOn, contract.code + 2),
});
