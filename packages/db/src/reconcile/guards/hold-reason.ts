import { describeGuard, type TrippedGuard } from '@passerelle/roster';

/** Guards named in a sentence; more would not be read. */
const MOST_NAMED = 5;

/**
 * Why a run is held, for an administrator.
 *
 * @param isDry whether they only would wait
 * @param held removals that wait; none where the guards ask for a look at what was applied
 */
export function sayWhyHeld(tripped: readonly TrippedGuard[], held: number, isDry = false): string {
  const named = tripped.slice(0, MOST_NAMED).map((guard) => describeGuard(guard).en);
  const more = tripped.length - named.length;
  const lead =
    held > 0
      ? `Removals ${isDry ? 'would be' : 'are'} held back.`
      : 'Nothing was to be removed, but look at this.';
  return [lead, ...named, ...(more > 0 ? [`And ${more} more guards tripped.`] : [])].join(' ');
}
