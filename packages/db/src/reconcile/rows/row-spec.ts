/** A table of the registry, as far as the common steps of writing need to know it. */
export interface RowSpec {
  /** What `changes.entity` says. */
  entity: 'user' | 'membership' | 'tutorship' | 'site' | 'group' | 'definition';
  table: 'users' | 'memberships' | 'tutorships' | 'sites' | 'groups' | 'definitions';
  /** Columns that identify a row, apart from `id`. */
  key: readonly string[];
  /** Columns whose changes go into the history. */
  shown: readonly string[];
  /** Columns written without being told of. */
  hidden: readonly string[];
  /** Which column says that a row is (no longer) present at the source. */
  presence: 'status' | 'removed_at';
}

const PROFILE = [
  'netypareo_usertype',
  'netypareo_ouverage',
  'netypareo_status',
  'netypareo_cursus',
  'netypareo_program',
  'netypareo_program_step',
] as const;

/** The columns of a user that a run computes, whatever the source's record says. */
export const PROFILE_COLUMNS: readonly string[] = PROFILE;

export const USERS: RowSpec = {
  entity: 'user',
  table: 'users',
  key: ['kind', 'code'],
  shown: [
    'login',
    'last_name',
    'first_name',
    'email',
    'birth_date',
    'site_code',
    'usertype_code',
    'status_code',
    'cursus_code',
    'program_code',
    'program_step_code',
    ...PROFILE,
    'status',
  ],
  hidden: [
    'missing_since',
    'missing_on',
    'suspended_on',
    'source_modified_at',
    'content_hash',
    'search_name',
    'search_first_name',
  ],
  presence: 'status',
};

export const MEMBERSHIPS: RowSpec = {
  entity: 'membership',
  table: 'memberships',
  key: ['user_id', 'group_kind', 'group_code', 'role'],
  shown: ['starts_on', 'ends_on', 'group_id', 'active', 'removed_at'],
  hidden: [],
  presence: 'removed_at',
};

export const TUTORSHIPS: RowSpec = {
  entity: 'tutorship',
  table: 'tutorships',
  key: ['tutor_id', 'student_code', 'company_code'],
  shown: ['company', 'starts_on', 'ends_on', 'student_id', 'active', 'removed_at'],
  hidden: [],
  presence: 'removed_at',
};

export const SITES: RowSpec = {
  entity: 'site',
  table: 'sites',
  key: ['code'],
  shown: ['name', 'short_name', 'status'],
  hidden: ['missing_since', 'content_hash'],
  presence: 'status',
};

export const GROUPS: RowSpec = {
  entity: 'group',
  table: 'groups',
  key: ['kind', 'code'],
  shown: [
    'name',
    'short_name',
    'period_code',
    'site_code',
    'site_id',
    'program_code',
    'starts_on',
    'ends_on',
    'status',
  ],
  hidden: ['missing_since', 'content_hash'],
  presence: 'status',
};

export const DEFINITIONS: RowSpec = {
  entity: 'definition',
  table: 'definitions',
  key: ['domain', 'code'],
  shown: ['label', 'starts_on', 'ends_on', 'status'],
  hidden: ['missing_since', 'content_hash'],
  presence: 'status',
};
