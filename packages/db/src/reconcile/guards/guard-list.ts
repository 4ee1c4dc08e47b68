import { evaluateGuards, type Reading, type RemovalCount } from '@passerelle/roster';
import type { ListSpec } from '../lists/list-spec.js';
import type { Work } from '../work.js';
import { countAnonymousRejections } from './count-anonymous.js';
import { findEndedGroups } from './ended-groups.js';
import { UNGUARDED, type Verdict } from './verdict.js';

/** What reading plain lists came to so far. */
export interface ListRead {
  staged: number;
  updated: number;
  rejected: number;
  leaving: number;
}

/** Judges a complete run; one that left something out removes nothing anyway. */
export async function guardList(
  work: Work,
  spec: ListSpec,
  { staged, updated, rejected, leaving }: ListRead,
): Promise<Verdict> {
  const [reading] = work.readings;
  if (!work.complete || reading === undefined) return UNGUARDED;
  await findEndedGroups(work);
  const rows = leaving > 0 ? await countLeavingRows(work, spec) : [];
  const changed = updated > 0 ? await countChangedRows(work) : { known: 0, changed: 0 };
  const tripped = evaluateGuards(
    {
      ...{ reading, ...changed, removals: rows, emptiedParts: [], identitySwaps: 0 },
      read: staged + rejected,
      rejected,
      anonymous: rejected > 0 ? await countAnonymousRejections(work) : [],
    },
    work.guards,
  );
  const groups = rows
    .filter(({ site }) => site === null)
    .reduce((sum, { excused }) => sum + excused, 0);
  return { tripped, schoolYear: { people: 0, memberships: 0, groups } };
}

interface PlaceRow {
  reading: Reading;
  site: string | null;
  is_whole: boolean;
  leaving: number;
  excused: number;
  of: number;
}

/** What leaves and what was there before the run, by list and by site; groups of ended periods are excused. */
async function countLeavingRows(work: Work, spec: ListSpec): Promise<RemovalCount[]> {
  const site = spec.siteColumn === null ? 'NULL::text' : `t.${spec.siteColumn}`;
  const rows = await work.tx.$queryRawUnsafe<PlaceRow[]>(
    `WITH leaving AS (
       SELECT l.reading, l.site_code AS site, grouping(l.site_code) = 1 AS is_whole,
              count(*)::int AS leaving, count(e.id)::int AS excused
         FROM leaving_rows l
         LEFT JOIN ended_groups e ON e.id = l.id AND ${spec.table === 'groups'}
        GROUP BY GROUPING SETS ((l.reading), (l.reading, l.site_code))),
     present AS (
       SELECT t.reading, t.site, grouping(t.site) = 1 AS is_whole, count(*)::int AS of
         FROM (SELECT ${spec.readingOf} AS reading, ${site} AS site
                 FROM ${spec.table} t
                WHERE t.status = 'active'
                  AND NOT EXISTS (SELECT FROM staying_rows k WHERE k.id = t.id)
                  AND NOT EXISTS (SELECT FROM incoming_rows i WHERE i.id = t.id AND i.is_new)
                  AND NOT EXISTS (SELECT FROM changed_rows c
                                   WHERE c.id = t.id AND c.kind = 'restored')) t
        GROUP BY GROUPING SETS ((t.reading), (t.reading, t.site)))
     SELECT l.*, p.of FROM leaving l JOIN present p USING (reading, is_whole)
      WHERE (l.is_whole OR l.site = p.site)
      ORDER BY l.is_whole DESC, l.reading COLLATE "C", l.site COLLATE "C"`,
  );
  return rows.map(({ reading, site: code, is_whole: isWhole, leaving, excused, of }) => ({
    ...{ reading, subject: 'records' as const, group: null, part: null },
    ...{ site: isWhole ? null : code, leaving, excused, of },
  }));
}

/** Known records, but for those that come back, and those of them that changed. */
async function countChangedRows(work: Work): Promise<{ known: number; changed: number }> {
  const [row] = await work.tx.$queryRawUnsafe<{ known: number; changed: number }[]>(
    `SELECT count(*) FILTER (WHERE c.kind IS DISTINCT FROM 'restored')::int AS known,
            count(*) FILTER (WHERE c.kind = 'updated')::int AS changed
       FROM incoming_rows i LEFT JOIN changed_rows c ON c.id = i.id
      WHERE NOT i.is_new`,
  );
  return row ?? { known: 0, changed: 0 };
}
