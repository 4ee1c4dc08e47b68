import type { Reach } from '@passerelle/roster';
import type { Protection, UserView } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { toIsoDate } from './dates.js';

/** Known groups, and known people who look after each other; those that the caller may see. */
function relationsWithin(reach: Reach) {
  const group = reach === 'everywhere' ? {} : { group: { siteCode: { in: [...reach] } } };
  const student = reach === 'everywhere' ? {} : { student: isOf([...reach]) };
  return {
    memberships: {
      where: { groupId: { not: null }, ...group },
      orderBy: [{ groupCode: 'asc' }, { role: 'asc' }],
    },
    tutorships: {
      where: { active: true, studentId: { not: null }, ...student },
      orderBy: { studentCode: 'asc' },
      select: { studentCode: true },
    },
    // Whoever sees a learner sees who looks after them.
    tutors: {
      where: { active: true },
      orderBy: { tutor: { code: 'asc' } },
      select: { tutor: { select: { code: true } } },
    },
  } satisfies Prisma.UserInclude;
}

/** A learner of these sites (directory/visible.ts says the same). */
function isOf(sites: string[]): Prisma.UserWhereInput {
  const inGroup = { memberships: { some: { active: true, group: { siteCode: { in: sites } } } } };
  return { OR: [{ siteCode: { in: sites } }, inGroup] };
}

type UserRow = Prisma.UserGetPayload<{ include: ReturnType<typeof relationsWithin> }>;

/** The users with these ids, in this order, with all that a view shows within a caller's reach. */
export async function loadUserViews(
  client: PrismaClient,
  ids: readonly number[],
  reach: Reach = 'everywhere',
): Promise<UserView[]> {
  const include = relationsWithin(reach);
  const rows = await client.user.findMany({ where: { id: { in: [...ids] } }, include });
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
