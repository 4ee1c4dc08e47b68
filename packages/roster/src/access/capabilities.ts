/** What someone may be allowed to do, in Moodle's spelling and spirit (facts/moodle.md). */
export const CAPABILITIES = [
  'auth/netypareo:sync',
  'auth/netypareo:viewruns',
  'auth/netypareo:viewusers',
  'auth/netypareo:configure',
  'auth/netypareo:approve',
  'auth/netypareo:grant',
  'auth/netypareo:login',
  'auth/netypareo:audit',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** One thing that someone may do, everywhere or for one site. */
export interface Access {
  capability: Capability;
  /** Null: everywhere. */
  siteCode: string | null;
}

/** Where a capability holds: everywhere, or at these sites (none: nowhere). */
export type Reach = 'everywhere' | readonly string[];

/** Where someone has a capability. */
export function reachOf(accesses: readonly Access[], capability: Capability): Reach {
  const held = accesses.filter((access) => access.capability === capability);
  if (held.some(({ siteCode }) => siteCode === null)) return 'everywhere';
  return [...new Set(held.flatMap(({ siteCode }) => (siteCode === null ? [] : [siteCode])))].sort();
}

/**
 * Whether a reach holds for something.
 * @param siteCode the site it belongs to; null: to the centre as a whole, or to no site
 */
export function reaches(reach: Reach, siteCode: string | null): boolean {
  return reach === 'everywhere' || (siteCode !== null && reach.includes(siteCode));
}

/** What both allow: a token's capabilities never go beyond what its maker holds. */
export function narrowReach(one: Reach, other: Reach): Reach {
  if (one === 'everywhere') return other;
  return other === 'everywhere' ? one : one.filter((site) => other.includes(site));
}

/** Whether a text names a capability. */
export function isCapability(text: string): text is Capability {
  return (CAPABILITIES as readonly string[]).includes(text);
}

/** A grant of `auth/netypareo:grant` everywhere that holds now. Null: without an end. */
export interface Grantor {
  expiresAt: Date | null;
}

/**
 * Whether a change would leave nobody who may grant for good, or nobody at all: the
 * rule that keeps everybody from being locked out.
 *
 * @param grantor whose grant is to change
 * @param others who may grant everywhere beside them, now
 * @param change its new end, or that it goes
 */
export function locksOut(
  grantor: Grantor,
  others: readonly Grantor[],
  change: { expiresAt: Date | null } | 'removed',
): boolean {
  const isForGood = ({ expiresAt }: Grantor) => expiresAt === null;
  const isNeeded = others.length === 0 || (isForGood(grantor) && !others.some(isForGood));
  if (!isNeeded) return false;
  return change === 'removed' || endsSooner(change.expiresAt, grantor.expiresAt);
}

function endsSooner(end: Date | null, than: Date | null): boolean {
  return end !== null && (than === null || end.getTime() < than.getTime());
}
