import type { Reach, UserKind } from '@passerelle/roster';
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
       WHERE t.tutor_id = u.id AND t.active AND ${isVisibleLearner(sites)} OFFSET 0)
    ELSE ${isMember(Prisma.sql`u.id`, sites)} END)`;
}

/** Of these sites, or of a group of one: on `users s`. */
export function isVisibleLearner(sites: readonly string[]): Prisma.Sql {
  return Prisma.sql`(s.site_code = ANY(${[...sites]}) OR ${isMember(Prisma.sql`s.id`, sites)})`;
}

/**
 * The groups of the sites are hashed once, however many people are asked about.
 * `OFFSET 0` and `CASE`: else the planner would rather collect all members there are, for one of them.
 */
function isMember(id: Prisma.Sql, sites: readonly string[]): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM memberships m
     WHERE m.user_id = ${id} AND m.active
       AND CASE WHEN m.group_id IN (SELECT g.id FROM groups g WHERE g.site_code = ANY(${[...sites]})) THEN true END
    OFFSET 0)`;
}

/**
 * The same, asked of a hashed set of all learners and teachers of the sites, collected
 * once by indexes alone: for lists in which many are asked and few are visible.
 *
 * @param kind of all who are asked, where that is known
 * @param of the `id` of who is asked about, and whether they `mayBeTutor`: a condition
 * @returns a condition
 */
export function isAmongVisible(
  sites: readonly string[],
  kind: UserKind | undefined,
  of: { id: Prisma.Sql; mayBeTutor: Prisma.Sql },
): Prisma.Sql {
  const { id, mayBeTutor } = of;
  // `CASE`: left to itself, the planner would rather fetch all of the set and sort.
  const isOwn = (each: Prisma.Sql) =>
    Prisma.sql`CASE WHEN ${each} IN (${ownIds(sites, Prisma.sql`UNION ALL`)}) THEN true END`;
  if (kind === 'student' || kind === 'teacher') return isOwn(id);
  // `OFFSET 0`: else a set is hashed for the person, and another for those they look after.
  return Prisma.sql`EXISTS (
    SELECT FROM (SELECT ${id} AS id UNION ALL
                 SELECT t.student_id FROM tutorships t
                  WHERE t.tutor_id = ${id} AND t.active AND ${mayBeTutor} OFFSET 0) they
     WHERE ${isOwn(Prisma.sql`they.id`)} OFFSET 0)`;
}

/** People of the sites, and of their groups. */
function ownIds(sites: readonly string[], union: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT id FROM users WHERE site_code = ANY(${[...sites]})
     ${union}
    SELECT m.user_id FROM groups g JOIN memberships m ON m.group_id = g.id
     WHERE g.site_code = ANY(${[...sites]}) AND m.active`;
}

/**
 * The ids of the same people, collected: for few.
 *
 * @param kind whom it is about, where that is known; others may be among the ids nevertheless
 */
export function visibleIds(sites: readonly string[], kind: UserKind | undefined): Prisma.Sql {
  const own = ownIds(sites, Prisma.sql`UNION`);
  if (kind === 'student' || kind === 'teacher') return own;
  const ofKind =
    kind === 'tutor'
      ? Prisma.sql`SELECT id FROM users WHERE site_code = ANY(${[...sites]}) AND kind = 'tutor'`
      : Prisma.sql`SELECT id FROM own`;
  return Prisma.sql`
    WITH own AS MATERIALIZED (${own})
    ${ofKind} UNION
    SELECT t.tutor_id FROM own JOIN tutorships t ON t.student_id = own.id WHERE t.active`;
}
