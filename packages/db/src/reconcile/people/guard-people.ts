import type { Reading, UserKind } from '@passerelle/roster';
import { findAnonymousRejections } from '../anonymous-rejections.js';
import { countOf, type Work } from '../work.js';
import type { Leaving } from './find-leaving-people.js';
import { guardParts } from './guard-parts.js';

/**
 * Reasons not to believe in the removals: whatever was there and comes back
 * with nothing at all may have been left out by the source rather than be gone
 * (architecture, invariant 1). Empty: they may be applied.
 */
export async function guardPeople(
  work: Work,
  reading: Reading,
  kind: UserKind,
  leaving: Leaving,
): Promise<string[]> {
  const removals = leaving.users + leaving.memberships + leaving.tutorships;
  if (removals === 0) return [];
  const reasons = await findAnonymousRejections(work, [reading], removals);
  if (leaving.users > 0) {
    reasons.push(...(await guardWhole(work, reading, kind, leaving)));
    reasons.push(...(await guardSites(work, reading, kind)));
  }
  if (leaving.memberships > 0) {
    reasons.push(...(await guardMembershipSites(work, reading, kind)));
    reasons.push(...(await guardParts(work, reading, kind)));
    reasons.push(...(await guardLinks(work, reading, 'memberships', kind, leaving.memberships)));
  }
  if (leaving.tutorships > 0) {
    reasons.push(...(await guardLinks(work, reading, 'tutorships', kind, leaving.tutorships)));
  }
  return reasons;
}

async function guardWhole(
  work: Work,
  reading: Reading,
  kind: UserKind,
  leaving: Leaving,
): Promise<string[]> {
  const active = await countOf(
    work.tx,
    `SELECT count(*) FROM users WHERE kind = $1::user_kind AND status = 'active'`,
    kind,
  );
  return leaving.users < active ? [] : [`None of the ${active} active ${reading} came back.`];
}

async function guardSites(work: Work, reading: Reading, kind: UserKind): Promise<string[]> {
  const sites = await work.tx.$queryRawUnsafe<{ site: string; leaving: number }[]>(
    `SELECT l.site_code AS site, count(*)::int AS leaving
       FROM leaving_users l
      WHERE l.site_code IS NOT NULL
      GROUP BY l.site_code
     HAVING count(*) = (SELECT count(*) FROM users u
                         WHERE u.kind = $1::user_kind AND u.status = 'active'
                           AND u.site_code = l.site_code)
      ORDER BY l.site_code`,
    kind,
  );
  return sites.map(
    ({ site, leaving }) => `None of the ${leaving} active ${reading} of site ${site} came back.`,
  );
}

async function guardMembershipSites(
  work: Work,
  reading: Reading,
  kind: UserKind,
): Promise<string[]> {
  const sites = await work.tx.$queryRawUnsafe<{ site: string; leaving: number }[]>(
    `SELECT g.site_code AS site, count(*)::int AS leaving
       FROM leaving_memberships l
       JOIN memberships m ON m.id = l.id
       JOIN groups g ON g.id = m.group_id
      WHERE g.site_code IS NOT NULL
      GROUP BY g.site_code
     HAVING bool_or(m.active)
        AND count(*) = (SELECT count(*) FROM groups h JOIN memberships p ON p.group_id = h.id
                         WHERE h.site_code = g.site_code AND p.removed_at IS NULL
                           AND p.role = $1::text)
      ORDER BY g.site_code`,
    kind,
  );
  return sites.map(
    ({ site, leaving }) =>
      `None of the ${leaving} memberships of ${reading} in groups of site ${site} came back.`,
  );
}

async function guardLinks(
  work: Work,
  reading: Reading,
  table: 'memberships' | 'tutorships',
  kind: UserKind,
  leaving: number,
): Promise<string[]> {
  const owner = table === 'memberships' ? 'user_id' : 'tutor_id';
  const present = await countOf(
    work.tx,
    `SELECT count(*) FROM ${table} l JOIN users u ON u.id = l.${owner}
      WHERE u.kind = $1::user_kind AND l.removed_at IS NULL`,
    kind,
  );
  return leaving < present ? [] : [`None of the ${present} ${table} of ${reading} came back.`];
}
