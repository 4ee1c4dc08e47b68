import { expect, it } from 'vitest';
import { dayOfRun } from './day-of-run.js';

const deps = (startedAt: Date | null) =>
  ({
    runs: { getRun: async () => ({ startedAt }) },
    now: () => new Date('2026-11-22T23:05:00Z'),
    timeZone: 'Europe/Paris',
  }) as never;

it('is the day on which the run began, also after midnight', async () => {
  expect(await dayOfRun(deps(new Date('2026-11-22T22:55:00Z')), 1)).toBe('2026-11-22');
});

it('is today before the run has begun', async () => {
  expect(await dayOfRun(deps(null), 1)).toBe('2026-11-23');
});
