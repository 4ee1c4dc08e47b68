import { expect, it } from 'vitest';
import { sumUpParts } from './sum-up-parts.js';

const counts = { read: 0, created: 0, updated: 0, unchanged: 0, suspended: 0, rejected: 1 };
const parts = [
  { state: 'split' as const, rejected: 0 },
  { state: 'done' as const, rejected: 1 },
  { state: 'done' as const, rejected: 1 },
];

it('counts a record that two parts brought as one, as soon as that is known', () => {
  const sums = (endedAt: Date | null) => sumUpParts({ endedAt, counts }, parts);
  expect(sums(null)).toBe('3 parts, 1 asked for in pieces, 2 rejected records');
  expect(sums(new Date(0))).toBe('3 parts, 1 asked for in pieces, 1 rejected record');
});
