import type { RegistrySummary } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

/** Counts what the registry holds that is active, in one look at it. */
export async function readSummary(client: PrismaClient): Promise<RegistrySummary> {
  const [row] = await client.$queryRaw<Record<string, number>[]>`
    SELECT
      (SELECT count(*)::int FROM sites WHERE status = 'active') AS sites,
      (SELECT count(*)::int FROM groups WHERE status = 'active' AND kind = 'initial') AS initial,
      (SELECT count(*)::int FROM groups WHERE status = 'active' AND kind = 'continuing') AS continuing,
      (SELECT count(*)::int FROM users WHERE status = 'active' AND kind = 'student') AS student,
      (SELECT count(*)::int FROM users WHERE status = 'active' AND kind = 'teacher') AS teacher,
      (SELECT count(*)::int FROM users WHERE status = 'active' AND kind = 'tutor') AS tutor,
      (SELECT count(*)::int FROM memberships WHERE active AND group_id IS NOT NULL) AS memberships,
      (SELECT count(*)::int FROM tutorships WHERE active AND student_id IS NOT NULL) AS tutorships,
      (SELECT count(*)::int FROM definitions WHERE status = 'active') AS definitions`;
  const count = (name: string): number => row?.[name] ?? 0;
  return {
    sites: count('sites'),
    groups: { initial: count('initial'), continuing: count('continuing') },
    users: { student: count('student'), teacher: count('teacher'), tutor: count('tutor') },
    memberships: count('memberships'),
    tutorships: count('tutorships'),
    definitions: count('definitions'),
  };
}
