import type { PartPage } from '../entities.js';
import type { PlannedPart, PlanningData } from './plan-parts.js';

/** How finely the contract allows a reading to be cut. */
export interface Pieces {
  /** It can be asked for group by group. */
  byGroup: boolean;
  /** It can be asked for in pages of so many records, down to so few; null: it cannot. */
  page: { limit: number; minimum: number } | null;
}

/** What cutting needs to know of the registry. */
export type CuttingData = Pick<PlanningData, 'groups'>;

/**
 * Cuts a part that could not be read into smaller ones, which together stand for
 * it: by group first, then into pages, then each page in two. What is read by group
 * are the people of the groups that are known; of anybody else in the part nothing
 * is learnt.
 * @returns null if it cannot be cut further
 */
export function cutPart(
  part: PlannedPart,
  pieces: Pieces,
  data: CuttingData,
): PlannedPart[] | null {
  return cutByGroup(part, pieces, data) ?? cutByPage(part, pieces);
}

/** The page after one that came full, or that was set aside, and may not have been the last. */
export function pageAfter(
  part: PlannedPart,
  limit: number = part.page?.limit ?? 1,
): PlannedPart | null {
  const { reading, periodCode, siteCode, groupCode, page } = part;
  if (page === null || !page.last) return null;
  const next = { offset: page.offset + page.limit, limit, last: true };
  return { reading, periodCode, siteCode, groupCode, page: next };
}

/** One part for each group of the part's period and site; null if that is not possible. */
export function cutByGroup(
  part: PlannedPart,
  { byGroup }: Pieces,
  { groups }: CuttingData,
): PlannedPart[] | null {
  if (!byGroup || part.groupCode !== null || part.page !== null) return null;
  const within = groups
    .filter(({ periodCode }) => part.periodCode === null || periodCode === part.periodCode)
    .filter(({ siteCode }) => part.siteCode === null || siteCode === part.siteCode);
  const codes = [...new Set(within.map(({ code }) => code))];
  if (codes.length === 0) return null;
  return codes.map((groupCode) => ({ ...scopeOf(part), groupCode }));
}

function cutByPage(part: PlannedPart, { page: bounds }: Pieces): PlannedPart[] | null {
  if (bounds === null) return null;
  const { page } = part;
  if (page === null) return [inPages(part, bounds.limit)];
  if (page.limit <= bounds.minimum) return null;
  return halves(page).map((half) => ({ ...scopeOf(part), page: half }));
}

/** The part by its first page, which stands for all that follow. */
export function inPages(part: PlannedPart, limit: number): PlannedPart {
  return { ...scopeOf(part), page: { offset: 0, limit, last: true } };
}

function halves({ offset, limit, last }: PartPage): PartPage[] {
  const first = Math.ceil(limit / 2);
  return [
    { offset, limit: first, last: false },
    { offset: offset + first, limit: limit - first, last },
  ];
}

/** Without what a part has besides, such as its number. */
function scopeOf({ reading, periodCode, siteCode, groupCode, page }: PlannedPart): PlannedPart {
  return { reading, periodCode, siteCode, groupCode, page };
}
