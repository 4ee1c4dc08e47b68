import { expect, it } from 'vitest';
import { endOfDay, todayIn } from './today.js';

it('ends a day when the next one begins there, also when clocks change', () => {
  expect(endOfDay('2026-12-31', 'Europe/Paris')).toEqual(new Date('2026-12-31T23:00:00Z'));
  expect(endOfDay('2026-03-28', 'Europe/Paris')).toEqual(new Date('2026-03-28T23:00:00Z'));
  expect(endOfDay('2026-03-29', 'Europe/Paris')).toEqual(new Date('2026-03-29T22:00:00Z'));
  expect(todayIn('Europe/Paris', endOfDay('2026-03-29', 'Europe/Paris'))).toBe('2026-03-30');
});
