import type { IsoDate } from '../entities.js';
import type { StagedMembership, StagedTutorship } from '../staged.js';

/** A link that may be said more than once, with its dates. */
interface Dated {
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
}

/**
 * One membership per group and role: said twice, it has the widest dates (an
 * open start or end is the widest). Sorted, so that order at the source says nothing.
 */
export function mergeMemberships(rows: readonly StagedMembership[]): StagedMembership[] {
  return mergeLinks(rows, (row) => `${row.role}\u0000${row.groupKind}\u0000${row.groupCode}`);
}

/** One tutorship per learner and company, merged likewise; the company's name is the greatest of those given. */
export function mergeTutorships(rows: readonly StagedTutorship[]): StagedTutorship[] {
  const merged = mergeLinks(rows, (row) => `${row.studentCode}\u0000${row.companyCode}`);
  return merged.map((link) => ({ ...link, company: greatestCompany(rows, link) }));
}

function mergeLinks<Link extends Dated>(
  rows: readonly Link[],
  keyOf: (row: Link) => string,
): Link[] {
  if (rows.length < 2) return [...rows];
  const byKey = new Map<string, Link>();
  for (const row of rows) {
    const key = keyOf(row);
    const other = byKey.get(key);
    byKey.set(key, other === undefined ? row : { ...other, ...widest(other, row) });
  }
  if (byKey.size < 2) return [...byKey.values()];
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function widest(a: Dated, b: Dated): Dated {
  return {
    startsOn: a.startsOn === null || b.startsOn === null ? null : minText(a.startsOn, b.startsOn),
    endsOn: a.endsOn === null || b.endsOn === null ? null : maxText(a.endsOn, b.endsOn),
  };
}

function greatestCompany(rows: readonly StagedTutorship[], link: StagedTutorship): string {
  return rows
    .filter((row) => row.studentCode === link.studentCode && row.companyCode === link.companyCode)
    .reduce((greatest, row) => maxText(greatest, row.company), '');
}

const minText = (a: string, b: string): string => (a < b ? a : b);
const maxText = (a: string, b: string): string => (a > b ? a : b);
