import type { Protection, UserView } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { toIsoDate } from './dates.js';

const RELATIONS = {
  memberships: {
    where: { groupId: { not: null } },
    orderBy: [{ groupCode: 'asc' }, { role: 'asc' }],
  },
  // Whom a tutor looks after, and who looks after a learner; known people only.
  tutorships: {
    where: { active: true, studentId: { not: null } },
    orderBy: { studentCode: 'asc' },
    select: { studentCode: true },
  },
  tutors: {
    where: { active: true },
    orderBy: { tutor: { code: 'asc' } },
    select: { tutor: { select: { code: true } } },
  },
} satisfies Prisma.UserInclude;

type UserRow = Prisma.UserGetPayload<{ include: typeof RELATIONS }>;

/** The users with these ids, in this order, with all that a view shows. */
export async function loadUserViews(
  client: PrismaClient,
  ids: readonly number[],
): Promise<UserView[]> {
  const rows = await client.user.findMany({ where: { id: { in: [...ids] } }, include: RELATIONS });
  const rowsById = new Map(rows.map((row) => [row.id, row]));
  const protections = await findProtections(client, ids);
  return ids.flatMap((id) => {
    const row = rowsById.get(id);
    return row === undefined ? [] : [toUserView(row, protections.get(id) ?? null)];
  });
}

async function findProtections(
  client: PrismaClient,
  ids: readonly number[],
): Promise<Map<number, Protection>> {
  const rows = await client.protection.findMany({
    where: { entity: 'user', entityId: { in: [...ids] } },
  });
  return new Map(
    rows.map(({ entityId, reason, protectedBy: by, protectedAt: at }) => [
      entityId,
      { reason, by, at },
    ]),
  );
}

function toUserView(row: UserRow, protection: Protection | null): UserView {
  const { kind, code, login, lastName, firstName, email, status, updatedAt } = row;
  return {
    ...{ kind, code, login, lastName, firstName, email },
    birthDate: toIsoDate(row.birthDate),
    status,
    missingOn: toIsoDate(row.missingOn),
    suspendedOn: toIsoDate(row.suspendedOn),
    protection,
    profile: {
      netypareo_usertype: row.netypareoUsertype,
      netypareo_ouverage: row.netypareoOuverage,
      netypareo_status: row.netypareoStatus,
      netypareo_cursus: row.netypareoCursus,
      netypareo_program: row.netypareoProgram,
      netypareo_program_step: row.netypareoProgramStep,
    },
    memberships: row.memberships.map(({ groupCode, role, startsOn, endsOn, active }) => ({
      group: groupCode,
      role,
      from: toIsoDate(startsOn),
      to: toIsoDate(endsOn),
      active,
    })),
    tutors: distinct(row.tutors.map(({ tutor }) => `tutor:${tutor.code}`)),
    students: distinct(row.tutorships.map(({ studentCode }) => `student:${studentCode}`)),
    updatedAt,
  };
}

/** Somebody may look after a learner at two companies. */
function distinct(references: string[]): string[] {
  return [...new Set(references)];
}
