/** NetYParéo's records as the service declares them; names are NetYParéo's own (facts/netypareo.md). */

/**
 * `list` names the type of a list's entries; `record` that of a nested record. `shared`:
 * a row of a code table, one for many records. `object`: a PHP object rather than an array.
 */
export type FieldType =
  | 'int'
  | 'string'
  | { readonly list: string }
  | { readonly record: string; readonly shared?: true; readonly object?: true };

/** A record's fields, in the order of the wire. The type's name is also the element of its lists. */
export type RecordType = Readonly<Record<string, FieldType>>;

/** The type of a list field's entries. */
export const entryType = (type: FieldType | undefined): string =>
  typeof type === 'object' && 'list' in type ? type.list : '';

/** What a field says of the record it holds. */
export function recordType(type: FieldType | undefined): {
  name: string;
  shared: boolean;
  object: boolean;
} {
  return typeof type === 'object' && 'record' in type
    ? { name: type.record, shared: type.shared === true, object: type.object === true }
    : { name: '', shared: false, object: false };
}

const label = (suffix: string): RecordType => ({
  [`code${suffix}`]: 'int',
  [`nom${suffix}`]: 'string',
  [`abrege${suffix}`]: 'string',
});

export const RECORD_TYPES: Readonly<Record<string, RecordType>> = {
  periode: { codePeriode: 'int', nomPeriode: 'string', dateDeb: 'string', dateFin: 'string' },
  typeUtilisateur: { codeTypeUtilisateur: 'int', nomTypeUtilisateur: 'string' },
  statut: label('Statut'),
  cursus: { codeCursus: 'int', nomCursus: 'string' },
  formation: {
    ...label('Formation'),
    etenduFormation: 'string',
    estFormationLongue: 'int',
    estFormationCourte: 'int',
  },
  annee: { ...label('Annee'), numeroAnnee: 'int' },
  adresse: {
    adr1: 'string',
    adr2: 'string',
    cp: 'string',
    ville: 'string',
    tel1: 'string',
    email: 'string',
  },
  site: {
    ...label('Site'),
    etenduSite: 'string',
    rne: 'string',
    siret: 'string',
    adresse: { record: 'adresse' },
  },
  groupe: {
    ...label('Groupe'),
    etenduGroupe: 'string',
    codePeriode: 'int',
    codeSite: 'int',
    codeFormation: 'int',
    codePersonnel: 'int',
    dateDebut: 'string',
    dateFin: 'string',
    numeroAnnee: 'int',
    capaciteMax: 'int',
    isFormationLongue: 'int',
  },
  situation: { nomSituation: 'string', nomStatut: 'string', nomAnnee: 'string' },
  inscription: {
    codeInscription: 'int',
    isInscriptionEnCours: 'int',
    isInscriptionFc: 'int',
    codePeriode: 'int',
    codeSite: 'int',
    codeStatut: 'int',
    statut: { record: 'statut', shared: true },
    codeAnnee: 'int',
    annee: { record: 'annee', shared: true },
    codeCursus: 'int',
    codeFormation: 'int',
    formation: { record: 'formation', shared: true, object: true },
    situation: { record: 'situation' },
    codeGroupe: 'int',
    dateDebut: 'string',
    dateDepart: 'string',
  },
  informationsCourantes: { codeGroupe: 'int', codeQualite: 'int', codeInscription: 'int' },
  representantLegal: { nom: 'string', prenom: 'string', telephone: 'string' },
  apprenant: {
    codeApprenant: 'int',
    codeCivilite: 'int',
    nomApprenant: 'string',
    prenomApprenant: 'string',
    sexe: 'string',
    dateNaissance: 'string',
    login: 'string',
    adresse: { record: 'adresse' },
    codeTypeUtilisateur: 'int',
    dateCreation: 'string',
    dateModification: 'string',
    nationalite: 'string',
    numeroSecuriteSociale: 'string',
    isHandicape: 'int',
    iban: 'string',
    representantsLegaux: { list: 'representantLegal' },
    informationsCourantes: { record: 'informationsCourantes' },
    inscriptions: { list: 'inscription' },
  },
  groupeFormateur: {
    codeGroupe: 'int',
    codePeriode: 'int',
    isGroupeFc: 'int',
    dateDebut: 'string',
    dateFin: 'string',
  },
  formateur: {
    codePersonnel: 'int',
    nom: 'string',
    prenom: 'string',
    email: 'string',
    login: 'string',
    codeTypeUtilisateur: 'int',
    typeUtilisateur: 'string',
    isFormateur: 'int',
    isAdministratif: 'int',
    uuidNetUtilisateur: 'string',
    codeSite: 'int',
    dateModification: 'string',
    groupes: { list: 'groupeFormateur' },
  },
  contrat: {
    codeContrat: 'int',
    codeApprenant: 'int',
    codeEntreprise: 'int',
    nomEntreprise: 'string',
    dateDebContrat: 'string',
    dateFinContrat: 'string',
    dateResiliation: 'string',
  },
  tuteur: {
    codeInterlocuteur: 'int',
    codeCivilite: 'int',
    nom: 'string',
    prenom: 'string',
    email: 'string',
    login: 'string',
    telephone: 'string',
    codeEntreprise: 'int',
    nomEntreprise: 'string',
    siret: 'string',
    codeSite: 'int',
    dateModification: 'string',
    contrats: { list: 'contrat' },
  },
  validation: { valide: 'int', codeUtilisateur: 'int', typeUtilisateur: 'string' },
  session: { jeton: 'string', dureeSecondes: 'int' },
};

/** How a service operation is asked and what it answers. */
export interface OperationType {
  /** Names of its parameters, all strings. */
  parameters: readonly string[];
  /** A list of records of this type, or one record. */
  answer: { list: string } | { record: string };
  /** Rpc/encoded only: a list whose ids are keys, so a Map (an empty one is an Array). */
  keyedBy?: string;
}

/** Of a list, `nombre` records from the `debut`-th on (from 0), by code; all where they are left out. */
const PAGE_PARAMETERS = ['debut', 'nombre'] as const;

export const OPERATIONS = {
  getPeriodes: { parameters: [], answer: { list: 'periode' } },
  getTypesUtilisateur: { parameters: [], answer: { list: 'typeUtilisateur' } },
  getStatuts: { parameters: [], answer: { list: 'statut' }, keyedBy: 'codeStatut' },
  getCursus: { parameters: [], answer: { list: 'cursus' } },
  getFormations: { parameters: [], answer: { list: 'formation' } },
  getAnnees: { parameters: [], answer: { list: 'annee' } },
  getSites: { parameters: [], answer: { list: 'site' }, keyedBy: 'codeSite' },
  getGroupes: {
    parameters: ['codesPeriode', 'codesSite', ...PAGE_PARAMETERS],
    answer: { list: 'groupe' },
  },
  getGroupesFc: {
    parameters: ['dateDebut', 'dateFin', 'codesSite', ...PAGE_PARAMETERS],
    answer: { list: 'groupe' },
    keyedBy: 'codeGroupe',
  },
  getApprenants: {
    parameters: ['codesPeriode', 'codesSite', 'codesGroupe', ...PAGE_PARAMETERS],
    answer: { list: 'apprenant' },
  },
  getFormateurs: {
    parameters: ['codesPeriode', 'codesSite', ...PAGE_PARAMETERS],
    answer: { list: 'formateur' },
  },
  getTuteurs: { parameters: ['codesSite', ...PAGE_PARAMETERS], answer: { list: 'tuteur' } },
  validerLogin: { parameters: ['login', 'motDePasse'], answer: { record: 'validation' } },
  ouvrirSession: { parameters: ['identifiant', 'motDePasse'], answer: { record: 'session' } },
} as const satisfies Readonly<Record<string, OperationType>>;

export type OperationName = keyof typeof OPERATIONS;

/** Is this one of the service's operations? */
export const isOperationName = (name: string): name is OperationName =>
  Object.hasOwn(OPERATIONS, name);

/** The service's namespace. */
export const NAMESPACE = 'urn:netypareo';
