const FIRST_DELAY_SECONDS = 60;
const LONGEST_DELAY_SECONDS = 24 * 60 * 60;

/**
 * How long to wait after one more failure: 60 s at first, then twice as long
 * each time, at most 24 h (facts/moodle.md).
 * @param current the delay of the failure before, in seconds; 0 after a success
 */
export function nextFailDelaySeconds(current: number): number {
  return Math.min(Math.max(current * 2, FIRST_DELAY_SECONDS), LONGEST_DELAY_SECONDS);
}
