import { LINKS } from '../links/link-spec.js';
import { isProtected, LINK_IS_PROTECTED } from '../protected/protected-sql.js';
import type { Work } from '../work.js';

/**
 * Makes `staying_users` of those in `leaving_users` who are missing and stay all the same:
 * their grace goes on, or they are protected. For the guards they were not there before:
 * a site of which only such people remain has fallen to zero.
 */
export async function findStayingPeople({ tx }: Work): Promise<void> {
  await tx.$executeRawUnsafe('CREATE TEMP TABLE staying_users (id int) ON COMMIT DROP');
  const found = await tx.$executeRawUnsafe(
    `WITH staying AS (
       DELETE FROM leaving_users o
        WHERE (o.is_missing AND NOT o.is_due) OR ${isProtected('user', 'o.id')}
       RETURNING o.id)
     INSERT INTO staying_users SELECT id FROM staying`,
  );
  // Their links are then looked up, rather than all links passed.
  if (found > 0) await tx.$executeRawUnsafe('ANALYZE staying_users (id)');
}

/**
 * Likewise `staying_memberships` and `staying_tutorships`: the links of those who stay, and
 * those that a protection keeps at either end.
 */
export async function findStayingLinks({ tx }: Work): Promise<void> {
  for (const { table, owner } of LINKS) {
    await tx.$executeRawUnsafe(`CREATE TEMP TABLE staying_${table} (id int) ON COMMIT DROP`);
    await tx.$executeRawUnsafe(
      `WITH kept AS (
         DELETE FROM leaving_${table} l USING ${table} o
          WHERE o.id = l.id AND ${LINK_IS_PROTECTED[table]}
         RETURNING l.id)
       INSERT INTO staying_${table}
       SELECT id FROM kept
        UNION ALL
       SELECT o.id FROM staying_users u JOIN ${table} o ON o.${owner} = u.id
        WHERE o.removed_at IS NULL`,
    );
  }
}
