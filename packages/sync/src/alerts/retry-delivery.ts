const MINUTE_MS = 60_000;
const FIRST_DELAY_MS = 30_000;
const LONGEST_DELAY_MS = 60 * MINUTE_MS;

/** A message that could not be delivered for so long is replaced by one that says what holds by then. */
export const GIVE_UP_AFTER_MS = 24 * 60 * MINUTE_MS;

/** The wait before the next try: 30 s, twice as long each time, an hour at most. */
export function deliveryDelayMs(attempts: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, attempts - 1));
}
