import type { Reading, RemovalCount, UserKind } from '@passerelle/roster';
import type { EndedPart } from '../load-parts.js';
import type { Work } from '../work.js';

type EmptyPart = Pick<EndedPart, 'period_code' | 'site_code' | 'group_code'> & { leaving: number };

/**
 * Parts that came back whole and empty, where nothing would remain of the
 * memberships that count today in the groups they stand for. The rest of the
 * site may well have come: next year's enrolments, say, while the answer for
 * this year was nothing.
 */
export async function findEmptiedParts(
  work: Work,
  reading: Reading,
  kind: UserKind,
): Promise<RemovalCount[]> {
  const parts = await work.tx.$queryRawUnsafe<EmptyPart[]>(
    `SELECT p.period_code, p.site_code, p.group_code, count(*)::int AS leaving
       FROM sync_run_parts p
       JOIN groups g ON (p.period_code IS NULL OR g.period_code = p.period_code)
                    AND (p.site_code IS NULL OR g.site_code = p.site_code)
                    AND (p.group_code IS NULL OR g.code = p.group_code)
       JOIN memberships m ON m.group_id = g.id AND m.role = $2::text AND m.active
       LEFT JOIN leaving_memberships l ON l.id = m.id
      WHERE p.run_id = $1::int AND p.state = 'done' AND p.read = 0
        AND NOT EXISTS (SELECT FROM staying_memberships k WHERE k.id = m.id)
        AND num_nonnulls(p.period_code, p.site_code, p.group_code) > 0
      GROUP BY p.id
     HAVING count(l.id) = count(*)
      ORDER BY p.number`,
    work.runId,
    kind,
  );
  return parts.map(({ period_code: period, site_code: site, group_code: group, leaving }) => ({
    ...{ reading, subject: 'memberships' as const, site, group, part: { period } },
    ...{ leaving, excused: 0, of: leaving },
  }));
}
