import type { Reach } from '@passerelle/roster';
import { Prisma } from '../generated/client.js';

/**
 * Whom a caller may see who is let in to some sites only: people of these sites, people
 * with an active membership in a group of one, and tutors who look after one of them.
 * Asked of each person by itself: for lists whose people mostly are visible.
 *
 * @returns a condition on `users u`
 */
export function isVisible(reach: Reach): Prisma.Sql {
  if (reach === 'everywhere') return Prisma.sql`true`;
  const sites = [...reach];
  // A tutor belongs to no group.
  return Prisma.sql`(u.site_code = ANY(${sites}) OR CASE u.kind
    WHEN 'tutor' THEN EXISTS (
      SELECT FROM tutorships t JOIN users s ON s.id = t.student_id
       WHERE t.tutor_id = u.id AND t.active
         AND (s.site_code = ANY(${sites}) OR ${isMember(Prisma.sql`s.id`, sites)}) OFFSET 0)
    ELSE ${isMember(Prisma.sql`u.id`, sites)} END)`;
}

/** `OFFSET 0`: else the planner would rather collect all members there are, for one of them. */
function isMember(id: Prisma.Sql, sites: string[]): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM memberships m JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = ${id} AND m.active AND g.site_code = ANY(${sites}) OFFSET 0)`;
}

/** The ids of the same people, collected: for few. */
export function visibleIds(sites: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    WITH own AS MATERIALIZED (
      SELECT id FROM users WHERE site_code = ANY(${[...sites]})
       UNION
      SELECT m.user_id FROM groups g JOIN memberships m ON m.group_id = g.id
       WHERE g.site_code = ANY(${[...sites]}) AND m.active)
    SELECT id FROM own
     UNION
    SELECT t.tutor_id FROM own JOIN tutorships t ON t.student_id = own.id WHERE t.active`;
}
