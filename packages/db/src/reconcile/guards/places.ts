import type { GuardSubject, Reading, RemovalCount } from '@passerelle/roster';
import type { Work } from '../work.js';

/**
 * Removals are judged in two sets, each against what was there before the run: those that it
 * makes, and those of people whose grace it begins. Together they would count everybody
 * twice, on the day they are missed and on the day they are suspended.
 */
export type LeavingSet = 'due' | 'entering';

/** SQL: is the row of alias `v`, of a `leaving_…` table, of that set? */
export function inSet(set: LeavingSet): string {
  return set === 'due' ? 'v.is_due' : 'NOT v.is_due';
}

/**
 * SQL: was what has the id `sql` there before the run, as far as this set is compared with
 * it? Not who was missing already; nor, beside those whose grace begins, who leaves now.
 */
export function wasThere(set: LeavingSet, table: string, sql: string): string {
  const stays = `NOT EXISTS (SELECT FROM staying_${table} k WHERE k.id = ${sql})`;
  if (set === 'due') return stays;
  return `${stays} AND NOT EXISTS (SELECT FROM leaving_${table} v WHERE v.id = ${sql} AND v.is_due)`;
}

/** Removals by place, as a query with grouping sets counts them. */
export interface LeavingRow {
  /** Which grouping set the row is of. */
  level: 'whole' | 'site' | 'group';
  site: string | null;
  group_id: number | null;
  group_code: string | null;
  leaving: number;
  excused: number;
  /** Those of periods that have ended, and of people whom no earlier run has missed: they were announced then. */
  turned: number;
}

/** How many there were of something before the run. */
export interface Present {
  bySite: ReadonlyMap<string | null, number>;
  byGroup: ReadonlyMap<number, number>;
}

/**
 * Puts removals beside what was there, for groups only where that was counted. What
 * belongs to no known site or group counts in the whole only.
 */
export function toRemovalCounts(
  rows: readonly LeavingRow[],
  present: Present,
  reading: Reading,
  subject: GuardSubject,
): RemovalCount[] {
  const whole = [...present.bySite.values()].reduce((sum, count) => sum + count, 0);
  return rows.flatMap((row): RemovalCount[] => {
    const { level, site, group_id: id, group_code: group, leaving, excused } = row;
    const common = { reading, subject, leaving, excused, part: null };
    if (level === 'whole') return [{ ...common, site: null, group: null, of: whole }];
    if (level === 'site') {
      if (site === null) return [];
      return [{ ...common, site, group: null, of: present.bySite.get(site) ?? 0 }];
    }
    const of = id === null ? undefined : present.byGroup.get(id);
    return of === undefined || group === null ? [] : [{ ...common, site: null, group, of }];
  });
}

/** SQL: the columns of `LeavingRow`, from a query's alias `l` with `excused` and `turned`. */
export const LEAVING_COLUMNS = `count(*)::int AS leaving,
            count(*) FILTER (WHERE l.excused)::int AS excused,
            count(*) FILTER (WHERE l.turned)::int AS turned`;

/** The entries of a counting query as a map. */
export function toCounts<Key>(rows: readonly { key: Key; of: number }[]): Map<Key, number> {
  return new Map(rows.map(({ key, of }) => [key, of]));
}

/**
 * Ids of the groups that lose so many that their guard might trip. Nearly always
 * there is none, and nothing need be counted for them.
 */
export function groupsInQuestion({ guards }: Work, rows: readonly LeavingRow[]): number[] {
  const fewest = guards['group-removals']?.count ?? Number.POSITIVE_INFINITY;
  return rows.flatMap(({ level, group_id: id, leaving, excused }) =>
    level === 'group' && id !== null && leaving - excused > fewest ? [id] : [],
  );
}
