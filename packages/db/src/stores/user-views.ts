import type { Reach, UserKind } from '@passerelle/roster';
import type { UserView } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { isOfSites } from '../directory/groups.js';
import { isVisibleLearner } from '../directory/visible.js';
import { Prisma } from '../generated/client.js';
import { toIsoDate } from './dates.js';

interface UserRow {
  id: number;
  kind: UserKind;
  code: string;
  login: string | null;
  last_name: string;
  first_name: string;
  email: string | null;
  birth_date: Date | null;
  status: 'active' | 'suspended';
  missing_on: Date | null;
  suspended_on: Date | null;
  netypareo_usertype: string;
  netypareo_ouverage: string;
  netypareo_status: string;
  netypareo_cursus: string;
  netypareo_program: string;
  netypareo_program_step: string;
  updated_at: Date;
  protection_reason: string;
  protected_by: string;
  /** Null: they are not protected. */
  protected_at: Date | null;
  memberships: UserView['memberships'];
  tutor_codes: string[];
  student_codes: string[];
}

/**
 * The users with these ids, in this order, with all that a view shows within a caller's reach:
 * known groups, and known people who look after each other. One statement, since each
 * costs about a millisecond whatever it reads, and a page is shown at every keystroke.
 */
export async function loadUserViews(
  client: PrismaClient,
  ids: readonly number[],
  reach: Reach = 'everywhere',
): Promise<UserView[]> {
  if (ids.length === 0) return [];
  const rows = await client.$queryRaw<UserRow[]>`
    SELECT u.id, u.kind::text, u.code, u.login, u.last_name, u.first_name, u.email, u.birth_date,
           u.status::text, u.missing_on, u.suspended_on, u.netypareo_usertype, u.netypareo_ouverage,
           u.netypareo_status, u.netypareo_cursus, u.netypareo_program, u.netypareo_program_step,
           u.updated_at, p.reason AS protection_reason, p.protected_by, p.protected_at,
           ARRAY(${membershipsWithin(reach)}) AS memberships,
           ARRAY(${TUTORS}) AS tutor_codes, ARRAY(${studentsWithin(reach)}) AS student_codes
      FROM users u LEFT JOIN protections p ON p.entity = 'user' AND p.entity_id = u.id
     WHERE u.id = ANY(${[...ids]}::int[])`;
  const rowsById = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = rowsById.get(id);
    return row === undefined ? [] : [toUserView(row)];
  });
}

function membershipsWithin(reach: Reach): Prisma.Sql {
  return Prisma.sql`
    SELECT json_build_object('group', m.group_code, 'role', m.role, 'from', m.starts_on,
                             'to', m.ends_on, 'active', m.active)
      FROM memberships m JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = u.id AND ${isOfSites(reach)}
     ORDER BY m.group_code, m.role, m.group_kind`;
}

/** Whoever sees a learner sees who looks after them. */
const TUTORS = Prisma.sql`
  SELECT tutor.code FROM tutorships t JOIN users tutor ON tutor.id = t.tutor_id
   WHERE t.student_id = u.id AND t.active ORDER BY tutor.code`;

function studentsWithin(reach: Reach): Prisma.Sql {
  const seen =
    reach === 'everywhere'
      ? Prisma.empty
      : Prisma.sql`AND EXISTS (SELECT FROM users s WHERE s.id = t.student_id
                                AND ${isVisibleLearner(reach)} OFFSET 0)`;
  return Prisma.sql`
    SELECT t.student_code FROM tutorships t
     WHERE t.tutor_id = u.id AND t.active AND t.student_id IS NOT NULL ${seen}
     ORDER BY t.student_code`;
}

function toUserView(row: UserRow): UserView {
  const { kind, code, login, email, status, protected_at: protectedAt } = row;
  return {
    ...{ kind, code, login, lastName: row.last_name, firstName: row.first_name, email },
    birthDate: toIsoDate(row.birth_date),
    status,
    missingOn: toIsoDate(row.missing_on),
    suspendedOn: toIsoDate(row.suspended_on),
    protection:
      protectedAt === null
        ? null
        : { reason: row.protection_reason, by: row.protected_by, at: protectedAt },
    profile: {
      netypareo_usertype: row.netypareo_usertype,
      netypareo_ouverage: row.netypareo_ouverage,
      netypareo_status: row.netypareo_status,
      netypareo_cursus: row.netypareo_cursus,
      netypareo_program: row.netypareo_program,
      netypareo_program_step: row.netypareo_program_step,
    },
    memberships: row.memberships,
    tutors: distinct(row.tutor_codes.map((each) => `tutor:${each}`)),
    students: distinct(row.student_codes.map((each) => `student:${each}`)),
    updatedAt: row.updated_at,
  };
}

/** Somebody may look after a learner at two companies. */
function distinct(references: string[]): string[] {
  return [...new Set(references)];
}
