import { expect, it } from 'vitest';
import type { PlannedPart } from './plan-parts.js';
import { planPersonParts } from './plan-person.js';

const part = (periodCode: string, siteCode: string): PlannedPart => ({
  ...{ reading: 'students', periodCode, siteCode, groupCode: null, page: null },
});
const PARTS = ['2026', '2027'].flatMap((period) =>
  ['1', '2', '3'].map((site) => part(period, site)),
);
const group = (code: string, periodCode: string, siteCode: string) => ({
  ...{ code, periodCode, siteCode },
});

it('asks for the groups of a person one by one, where the contract can', () => {
  const place = {
    siteCodes: ['1', '2'],
    groups: [group('G1', '2026', '1'), group('G2', '2026', '2')],
  };
  expect(planPersonParts(PARTS, place, true)).toEqual([
    { ...part('2026', '1'), groupCode: 'G1' },
    { ...part('2026', '2'), groupCode: 'G2' },
  ]);
});

it('asks for the lists of their sites where it cannot, or where no group is known', () => {
  const inGroup = { siteCodes: ['2'], groups: [group('G1', '2026', '2')] };
  expect(planPersonParts(PARTS, inGroup, false)).toEqual([part('2026', '2'), part('2027', '2')]);
  const noGroup = { siteCodes: ['2'], groups: [] };
  expect(planPersonParts(PARTS, noGroup, true)).toEqual([part('2026', '2'), part('2027', '2')]);
});

it('asks for everything where no place is known', () => {
  expect(planPersonParts(PARTS, { siteCodes: [], groups: [] }, true)).toEqual(PARTS);
});

it('takes of parts that are groups already those of the person', () => {
  const parts = ['G1', 'G2'].map((groupCode) => ({ ...part('2026', '1'), groupCode }));
  const place = { siteCodes: ['1'], groups: [group('G2', '2026', '1')] };
  expect(planPersonParts(parts, place, true)).toEqual([parts[1]]);
});
