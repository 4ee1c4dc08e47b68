import { countOf, type Work } from '../work.js';

/** A list that was read in pages, some of which may be missing. */
interface PagedList {
  site_code: string | null;
  group_code: string | null;
  /** Records in pages that were set aside, at most. */
  unreadable: number;
  /** Every page came with the same count of the whole list, and that many were read or set aside. */
  counted: boolean;
}

/**
 * Takes out of `leaving_users` whoever may only have been overlooked:
 * - the people of a list that was read in pages without a count: a record that
 *   came or went in between moves another past the edge of a page;
 * - as many as there are unreadable records: those of the group, or where these
 *   are too few to account for them, of the site, or everybody;
 * - at a site that was read group by group, those known in none of these groups.
 */
export async function spareUnsurePeople(work: Work): Promise<void> {
  const circles: Circle[] = [];
  for (const list of await findPagedLists(work)) {
    if (!list.counted) circles.push(within(list));
    if (list.unreadable > 0) circles.push(await circleOfUnreadable(work, list));
  }
  // Not before all are known: whoever is spared for one reason may be the unreadable one.
  for (const circle of circles) await spare(work, circle);
  await spareUngrouped(work);
}

/** Likewise of `leaving_memberships`: those in groups of such a list. */
export async function spareUnsureMemberships(work: Work): Promise<void> {
  for (const { site_code, group_code, counted, unreadable } of await findPagedLists(work)) {
    if (counted && unreadable === 0) continue;
    await work.tx.$executeRawUnsafe(
      `DELETE FROM leaving_memberships l USING memberships m, groups g
        WHERE m.id = l.id AND g.id = m.group_id
          AND ($1::text IS NULL OR g.code = $1::text) AND ($2::text IS NULL OR g.site_code = $2::text)`,
      group_code,
      site_code,
    );
  }
}

async function findPagedLists(work: Work): Promise<PagedList[]> {
  return work.tx.$queryRawUnsafe<PagedList[]>(
    `SELECT site_code, group_code,
            coalesce(sum(page_limit) FILTER (WHERE state = 'set_aside'), 0)::int AS unreadable,
            coalesce(min(total) = max(total)
                     AND count(total) = count(*) FILTER (WHERE state = 'done')
                     AND sum(read) + coalesce(sum(page_limit) FILTER (WHERE state = 'set_aside'), 0)
                         >= max(total), false) AS counted
       FROM sync_run_parts
      WHERE run_id = $1::int AND page_limit IS NOT NULL AND state IN ('done', 'set_aside')
      GROUP BY entity, period_code, site_code, group_code`,
    work.runId,
  );
}

/** From the narrowest circle to the widest, until it could hold all the unreadable records. */
async function circleOfUnreadable(work: Work, list: PagedList): Promise<Circle> {
  const { site_code, group_code, unreadable } = list;
  const circles = [
    ...(group_code === null ? [] : [within({ site_code: null, group_code })]),
    ...(site_code === null ? [] : [within({ site_code, group_code: null })]),
  ];
  for (const circle of circles) {
    const leaving = await countOf(
      work.tx,
      `SELECT count(*) FROM leaving_users u WHERE ${circle.sql}`,
      ...circle.values,
    );
    if (leaving >= unreadable) return circle;
  }
  return EVERYBODY;
}

/** SQL: is the person of alias `u` known in this circle? */
interface Circle {
  sql: string;
  values: (string | null)[];
}

const EVERYBODY: Circle = { sql: 'true', values: [] };

function within({ site_code, group_code }: Pick<PagedList, 'site_code' | 'group_code'>): Circle {
  return {
    sql: `($1::text IS NULL AND $2::text IS NULL)
       OR ($1::text IS NULL AND u.site_code = $2::text)
       OR EXISTS (SELECT FROM memberships m JOIN groups g ON g.id = m.group_id
                   WHERE m.user_id = u.id AND m.removed_at IS NULL
                     AND ($1::text IS NULL OR g.code = $1::text)
                     AND ($2::text IS NULL OR g.site_code = $2::text))`,
    values: [group_code, site_code],
  };
}

async function spare(work: Work, { sql, values }: Circle): Promise<void> {
  await work.tx.$executeRawUnsafe(`DELETE FROM leaving_users u WHERE ${sql}`, ...values);
}

/** Groups that are asked for one by one hold nobody who is in none of them, or in one not known yet. */
async function spareUngrouped(work: Work): Promise<void> {
  await work.tx.$executeRawUnsafe(
    `WITH read_groups AS (
       SELECT DISTINCT site_code, group_code FROM sync_run_parts
        WHERE run_id = $1::int AND group_code IS NOT NULL AND state IN ('done', 'set_aside')
     )
     DELETE FROM leaving_users u
      WHERE EXISTS (SELECT FROM read_groups r
                     WHERE r.site_code IS NULL OR u.site_code IS NULL OR r.site_code = u.site_code)
        AND NOT EXISTS (SELECT FROM memberships m JOIN groups g ON g.id = m.group_id
                          JOIN read_groups r ON r.group_code = g.code
                         WHERE m.user_id = u.id AND m.removed_at IS NULL)`,
    work.runId,
  );
}
