import type { PlannedPart } from './plan-parts.js';

/** Where in the source's lists a person was when they were last read. */
export interface PersonPlace {
  /** Their own site's, and those of their groups or learners. */
  siteCodes: string[];
  groups: { code: string; periodCode: string | null; siteCode: string | null }[];
}

/**
 * Of the parts of a whole run those that stand for where one person was, as finely
 * as the contract allows: their groups one by one, where lists can be asked for so,
 * else the lists of their sites. Of somebody of whom no place is known: every part.
 */
export function planPersonParts(
  parts: readonly PlannedPart[],
  { siteCodes, groups }: PersonPlace,
  byGroup: boolean,
): PlannedPart[] {
  const near = parts.filter(
    ({ siteCode, groupCode }) =>
      (siteCode === null || siteCodes.length === 0 || siteCodes.includes(siteCode)) &&
      (groupCode === null || groups.some(({ code }) => code === groupCode)),
  );
  if (!byGroup) return near;
  const own = near.flatMap((part) =>
    part.groupCode !== null || part.page !== null
      ? [part]
      : groups
          .filter((group) => isWithin(group, part))
          .map(({ code }) => ({ ...part, groupCode: code })),
  );
  return own.length > 0 ? own : near;
}

function isWithin(group: PersonPlace['groups'][number], part: PlannedPart): boolean {
  return (
    (part.periodCode === null || group.periodCode === part.periodCode) &&
    (part.siteCode === null || group.siteCode === part.siteCode)
  );
}
