/** What Passerelle reads, and how it is named in the registry. */

/** Kinds of people; with the code they identify a user (`student:1234`). */
export const USER_KINDS = ['student', 'teacher', 'tutor'] as const;
export type UserKind = (typeof USER_KINDS)[number];

/** `initial`: apprenticeship groups; `continuing`: short courses (formation continue). */
export const GROUP_KINDS = ['initial', 'continuing'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

/** The code tables of a centre that the other entities map their codes with. */
export const DEFINITION_DOMAINS = [
  'period',
  'usertype',
  'status',
  'cursus',
  'program',
  'program_step',
] as const;
export type DefinitionDomain = (typeof DEFINITION_DOMAINS)[number];

/** The main entities, one per task but for `update_caches`. */
export const ENTITY_NAMES = [
  'sites',
  'groups',
  'pdgroups',
  'students',
  'teachers',
  'tutors',
] as const;
export type EntityName = (typeof ENTITY_NAMES)[number];

/** One list that can be read from the source: an entity, or one definition domain. */
export type Reading = EntityName | `definitions.${DefinitionDomain}`;

/** Every reading there is, definitions first. */
export const READINGS: readonly Reading[] = [
  ...DEFINITION_DOMAINS.map((domain) => `definitions.${domain}` as const),
  ...ENTITY_NAMES,
];

/** A calendar day as `YYYY-MM-DD`, in the time zone of the centre. */
export type IsoDate = string;

/** Where a part of a list is cut out: every dimension that is set narrows it. */
export interface PartScope {
  periodCode: string | null;
  siteCode: string | null;
  groupCode: string | null;
  /** The stretch of it to ask for; null: all of it. */
  page: PartPage | null;
}

/** Records of a list, in the order in which the source gives them. */
export interface PartPage {
  /** Records before it. */
  offset: number;
  /** Records of it, at most. */
  limit: number;
  /** Open-ended: if it comes full there may be more after it. */
  last: boolean;
}

/** All of what is asked for without a split. */
export const WHOLE_LIST: PartScope = {
  periodCode: null,
  siteCode: null,
  groupCode: null,
  page: null,
};

/** The ways in which a list may be split, coarsest first. */
export const SPLIT_DIMENSIONS = ['period', 'site', 'group'] as const;
export type SplitDimension = (typeof SPLIT_DIMENSIONS)[number];
