import { expect, it } from 'vitest';
import type { Pieces } from './cut-part.js';
import { planMissing } from './plan-missing.js';
import type { PlannedPart } from './plan-parts.js';

const part = (siteCode: string, said: Partial<PlannedPart> = {}): PlannedPart => ({
  ...{ reading: 'students', periodCode: '2026', siteCode, groupCode: null, page: null },
  ...said,
});
const PAGE = { offset: 100, limit: 50, last: true };
const FINE: Pieces = { byGroup: true, page: { limit: 100, minimum: 1 } };
const WHOLE: Pieces = { byGroup: false, page: null };
const GROUPS = [{ kind: 'initial' as const, code: 'G1', periodCode: '2026', siteCode: '1' }];

const plan = (missing: PlannedPart[], pieces = FINE, parts = [part('1'), part('2')]) =>
  planMissing(missing, { parts, piecesOf: () => pieces, data: { groups: GROUPS } });

it('asks for parts of today’s plan as they were, without what else they have', () => {
  const failed = { ...part('2'), number: 7, state: 'failed' };
  expect(plan([failed])).toEqual([part('2')]);
});

it('asks for pieces that the contract allows still', () => {
  const pieces = [part('1', { groupCode: 'G1' }), part('2', { page: PAGE })];
  expect(plan(pieces)).toEqual(pieces);
});

it.each<[string, PlannedPart, Pieces]>([
  ['a period that is read no longer', part('1', { periodCode: '2025' }), FINE],
  ['a site that is gone', part('3'), FINE],
  ['a group that is gone', part('1', { groupCode: 'G9' }), FINE],
  ['a group of another site', part('2', { groupCode: 'G1' }), FINE],
  ['a group, where the contract asks for sites only', part('1', { groupCode: 'G1' }), WHOLE],
  ['a page, where the contract has none', part('1', { page: PAGE }), WHOLE],
  ['a whole, where the contract asks for sites', part('1', { siteCode: null }), FINE],
  ['another list', part('1', { reading: 'teachers' }), FINE],
])('asks for nothing if among them is %s', (_what, odd, pieces) => {
  expect(plan([part('1'), odd], pieces)).toBeNull();
});

it('asks for one of the groups that the plan asks for', () => {
  const groups = ['G1', 'G2'].map((groupCode) => part('1', { groupCode }));
  expect(plan(groups.slice(1), WHOLE, groups)).toEqual(groups.slice(1));
  expect(plan([part('1')], FINE, groups)).toBeNull();
});
