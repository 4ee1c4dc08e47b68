import type { UserKind } from '../entities.js';

/** The user type of someone for whom the source gives none. */
export const DEFAULT_USERTYPES: Readonly<Record<UserKind, string>> = {
  student: 'Apprenant',
  teacher: 'Enseignant',
  tutor: 'Tuteur en entreprise',
};

/** One profile field, under the exact name that a target knows it by. */
export interface ProfileField {
  name: ProfileFieldName;
  labels: { fr: string; en: string };
}

export type ProfileFieldName =
  | 'netypareo_usertype'
  | 'netypareo_ouverage'
  | 'netypareo_status'
  | 'netypareo_cursus'
  | 'netypareo_program'
  | 'netypareo_program_step';

/** The six profile fields (facts/netypareo.md, "Profile fields"). */
export const PROFILE_FIELDS: readonly ProfileField[] = [
  {
    name: 'netypareo_usertype',
    labels: { fr: "Type d'utilisateur NetYParéo", en: 'NetYParéo user type' },
  },
  {
    name: 'netypareo_ouverage',
    labels: { fr: 'Majorité ou minorité', en: 'Of age or minor' },
  },
  { name: 'netypareo_status', labels: { fr: 'Statut NetYParéo', en: 'NetYParéo status' } },
  { name: 'netypareo_cursus', labels: { fr: 'Cursus NetYParéo', en: 'NetYParéo cursus' } },
  { name: 'netypareo_program', labels: { fr: 'Formation (programme)', en: 'Programme' } },
  {
    name: 'netypareo_program_step',
    labels: { fr: 'Année dans le cursus, ou millésime', en: 'Year of the cursus, or vintage' },
  },
];
