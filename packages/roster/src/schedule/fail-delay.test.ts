import { expect, it } from 'vitest';
import { nextFailDelaySeconds } from './fail-delay.js';

it('doubles from a minute to a day', () => {
  const delays: number[] = [];
  for (let delay = 0; delays.length < 13; ) {
    delay = nextFailDelaySeconds(delay);
    delays.push(delay);
  }
  expect(delays.slice(0, 3)).toEqual([60, 120, 240]);
  expect(delays.slice(-3)).toEqual([61_440, 86_400, 86_400]);
});
