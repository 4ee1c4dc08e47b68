import type { Access } from './capabilities.js';

/** What someone may do, and until when. */
export interface Holding extends Access {
  /** Null: without an end. */
  expiresAt: Date | null;
}

/**
 * What is left of some rights when they may not go beyond others: the same
 * capability, at the sites that both allow, until the sooner end.
 */
export function narrowHoldings(
  wanted: readonly Holding[],
  held: readonly Holding[],
): readonly Holding[] {
  return wanted.flatMap((own) =>
    held.flatMap((limit) => {
      if (limit.capability !== own.capability) return [];
      if (!isWithin(own.siteCode, limit.siteCode) && !isWithin(limit.siteCode, own.siteCode)) {
        return [];
      }
      const siteCode = own.siteCode ?? limit.siteCode;
      const expiresAt = soonest(own.expiresAt, limit.expiresAt);
      return [{ capability: own.capability, siteCode, expiresAt }];
    }),
  );
}

/** Whether rights hold one: there or everywhere, and as long. */
export function holds(held: readonly Holding[], wanted: Holding): boolean {
  return held.some(
    ({ capability, siteCode, expiresAt }) =>
      capability === wanted.capability &&
      isWithin(wanted.siteCode, siteCode) &&
      soonest(expiresAt, wanted.expiresAt)?.getTime() === wanted.expiresAt?.getTime(),
  );
}

function isWithin(siteCode: string | null, other: string | null): boolean {
  return other === null || siteCode === other;
}

function soonest(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
