import { MEMBERSHIPS, type RowSpec, TUTORSHIPS } from '../rows/row-spec.js';

/** What the two kinds of links of a person, to groups and to learners, have in common. */
export interface LinkSpec {
  rows: RowSpec;
  table: 'memberships' | 'tutorships';
  /** The column that names whose link it is. */
  owner: string;
  /** What identifies a link among those of its owner. */
  key: readonly string[];
  /** The column that names what it refers to, null while that is not known. */
  reference: string;
  /** Finds that as alias `r`, for the links of alias `l`. */
  referenceJoin: string;
  /** Columns that differing records merge, with the aggregate that does it, dates apart. */
  merged: Readonly<Record<string, string>>;
}

export const MEMBERSHIP_LINKS: LinkSpec = {
  rows: MEMBERSHIPS,
  table: 'memberships',
  owner: 'user_id',
  key: ['group_kind', 'group_code', 'role'],
  reference: 'group_id',
  referenceJoin: 'LEFT JOIN groups r ON r.kind = l.group_kind AND r.code = l.group_code',
  merged: {},
};

export const TUTORSHIP_LINKS: LinkSpec = {
  rows: TUTORSHIPS,
  table: 'tutorships',
  owner: 'tutor_id',
  key: ['student_code', 'company_code'],
  reference: 'student_id',
  referenceJoin: `LEFT JOIN users r ON r.kind = 'student' AND r.code = l.student_code`,
  merged: { company: 'max(company)' },
};

/** Both. */
export const LINKS: readonly LinkSpec[] = [MEMBERSHIP_LINKS, TUTORSHIP_LINKS];

/**
 * SQL: does the link of alias `l`, present at the source, count on the day
 * `today`? Within its dates (an open end is open), and of a group or learner
 * that is known and active.
 */
export function activeSql(today: string): string {
  return `(coalesce(l.starts_on <= ${today}, true) AND coalesce(l.ends_on >= ${today}, true)
           AND coalesce(r.status = 'active', false))`;
}
