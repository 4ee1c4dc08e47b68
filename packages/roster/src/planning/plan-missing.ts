import type { Pieces, CuttingData } from './cut-part.js';
import type { PlannedPart } from './plan-parts.js';

/** Today's plan of a whole run, and what it may be cut into. */
export interface PlanOfToday {
  parts: readonly PlannedPart[];
  piecesOf: (reading: PlannedPart['reading']) => Pieces;
  data: CuttingData;
}

/**
 * The parts that an earlier run lacked, to be read by themselves: each must be one of
 * today's plan or a piece of one, so that what was read then and what is read now
 * make up one whole. Periods come to be read and cease to be, sites close, contracts change.
 * @returns null if one of them stands for nothing that would be read today
 */
export function planMissing(
  missing: readonly PlannedPart[],
  plan: PlanOfToday,
): PlannedPart[] | null {
  const isWanted = (part: PlannedPart): boolean =>
    plan.parts.some((whole) => isPieceOf(part, whole, plan));
  if (!missing.every(isWanted)) return null;
  return missing.map(({ reading, periodCode, siteCode, groupCode, page }) => ({
    ...{ reading, periodCode, siteCode, groupCode, page },
  }));
}

function isPieceOf(
  part: PlannedPart,
  whole: PlannedPart,
  { piecesOf, data }: PlanOfToday,
): boolean {
  const isThere =
    part.reading === whole.reading &&
    part.periodCode === whole.periodCode &&
    part.siteCode === whole.siteCode;
  if (!isThere) return false;
  const pieces = piecesOf(part.reading);
  if (part.page !== null && pieces.page === null) return false;
  if (part.groupCode === whole.groupCode) return true;
  return whole.groupCode === null && pieces.byGroup && isGroupWithin(part, data);
}

function isGroupWithin(
  { periodCode, siteCode, groupCode }: PlannedPart,
  { groups }: CuttingData,
): boolean {
  return groups.some(
    (group) =>
      group.code === groupCode &&
      (periodCode === null || group.periodCode === periodCode) &&
      (siteCode === null || group.siteCode === siteCode),
  );
}
