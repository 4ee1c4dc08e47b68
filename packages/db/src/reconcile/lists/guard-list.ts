import { findAnonymousRejections } from '../anonymous-rejections.js';
import type { Work } from '../work.js';
import type { ListSpec } from './list-spec.js';

interface LeftBare {
  reading: string;
  site: string | null;
  leaving: number;
}

/**
 * Reasons not to believe in the removals: a list, or a site's share of it,
 * that had active rows and comes back with none. Empty: they may be applied.
 */
export async function guardList(work: Work, spec: ListSpec, leaving: number): Promise<string[]> {
  if (leaving === 0) return [];
  const bare = [...(await findBareLists(work, spec)), ...(await findBareSites(work, spec))];
  return [
    ...(await findAnonymousRejections(work, work.readings, leaving)),
    ...bare.map(
      ({ reading, site, leaving: rows }) =>
        `None of the ${rows} active ${nameOf(reading)}${site === null ? '' : ` of site ${site}`} came back.`,
    ),
  ];
}

async function findBareLists(work: Work, spec: ListSpec): Promise<LeftBare[]> {
  return work.tx.$queryRawUnsafe<LeftBare[]>(
    `SELECT l.reading, NULL AS site, count(*)::int AS leaving
       FROM leaving_rows l GROUP BY l.reading
     HAVING count(*) = (SELECT count(*) FROM ${spec.table} t
                         WHERE t.status = 'active' AND ${spec.readingOf} = l.reading)
      ORDER BY l.reading COLLATE "C"`,
  );
}

async function findBareSites(work: Work, spec: ListSpec): Promise<LeftBare[]> {
  if (spec.siteColumn === null) return [];
  return work.tx.$queryRawUnsafe<LeftBare[]>(
    `SELECT l.reading, l.site_code AS site, count(*)::int AS leaving
       FROM leaving_rows l WHERE l.site_code IS NOT NULL GROUP BY l.reading, l.site_code
     HAVING count(*) = (SELECT count(*) FROM ${spec.table} t
                         WHERE t.status = 'active' AND ${spec.readingOf} = l.reading
                           AND t.${spec.siteColumn} = l.site_code)
      ORDER BY l.site_code`,
  );
}

function nameOf(reading: string): string {
  return reading.replace(/^definitions\.(.*)$/, 'definitions of $1');
}
