import type { Reading } from '../entities.js';
import { type CuttingData, cutByGroup, inPages, type Pieces } from './cut-part.js';
import type { PlannedPart } from './plan-parts.js';

/** How finely something is asked for. */
export interface Fineness {
  /** Group by group. */
  byGroup: boolean;
  /** In pages of so many records; null: not in pages. */
  pageLimit: number | null;
}

/** How finely something must be asked for, as failures have taught. */
export interface LearntCut extends Fineness {
  reading: Reading;
  /** Null: at all sites. */
  siteCode: string | null;
  /** Null: for all groups. */
  groupCode: string | null;
}

/**
 * Cuts planned parts at once as finely as was learnt, so that a run does not
 * have to fail first. What was learnt of a group counts before what was learnt
 * of its site, and that before what was learnt of the whole reading; what the
 * contract no longer allows is passed over.
 */
export function applyLearnt(
  parts: readonly PlannedPart[],
  learnt: readonly LearntCut[],
  piecesOf: (reading: Reading) => Pieces,
  data: CuttingData,
): PlannedPart[] {
  return parts.flatMap((part) => {
    const pieces = piecesOf(part.reading);
    const known = findLearnt(part, learnt);
    const groups = known?.byGroup ? cutByGroup(part, pieces, data) : null;
    return (groups ?? [part]).map((piece) => {
      const { pageLimit = null } = findLearnt(piece, learnt) ?? {};
      return inLearntPages(piece, pageLimit, pieces);
    });
  });
}

/** The most particular of what was learnt of a part. */
function findLearnt(part: PlannedPart, learnt: readonly LearntCut[]): LearntCut | undefined {
  const ofReading = learnt.filter(({ reading }) => reading === part.reading);
  const find = (siteCode: string | null, groupCode: string | null) =>
    ofReading.find((cut) => cut.siteCode === siteCode && cut.groupCode === groupCode);
  const { siteCode, groupCode } = part;
  const ofGroup =
    groupCode === null ? undefined : (find(siteCode, groupCode) ?? find(null, groupCode));
  return ofGroup ?? find(siteCode, null) ?? find(null, null);
}

function inLearntPages(part: PlannedPart, pageLimit: number | null, { page }: Pieces): PlannedPart {
  if (pageLimit === null || page === null || part.page !== null) return part;
  return inPages(part, Math.min(page.limit, Math.max(page.minimum, pageLimit)));
}

/**
 * One step coarser than what was learnt: pages twice as long, up to the
 * contract's; then none; then not by group either. So what was learnt is
 * forgotten slowly, and each step can be found to be one too many.
 * @returns null when nothing of it is left
 */
export function coarser({ byGroup, pageLimit }: Fineness, { page }: Pieces): Fineness | null {
  if (pageLimit !== null) {
    const longest = page?.limit ?? 0;
    if (pageLimit < longest) return { byGroup, pageLimit: Math.min(longest, pageLimit * 2) };
    return byGroup ? { byGroup, pageLimit: null } : null;
  }
  return null;
}
