import { describe, expect, it } from 'vitest';
import type { SplitDimension } from '../entities.js';
import { planParts, type PlanningData } from './plan-parts.js';
import { selectReadPeriods } from './periods.js';

const data: PlanningData = {
  periods: [
    { code: '2025', startsOn: '2025-09-01', endsOn: '2026-08-31' },
    { code: '2026', startsOn: '2026-09-01', endsOn: '2027-08-31' },
    { code: 'undated', startsOn: null, endsOn: null },
  ],
  siteCodes: ['S1', 'S2'],
  groups: [
    { kind: 'initial', code: 'G1', periodCode: '2026', siteCode: 'S1' },
    { kind: 'initial', code: 'G2', periodCode: '2026', siteCode: 'S2' },
    { kind: 'initial', code: 'G0', periodCode: '2025', siteCode: 'S1' },
  ],
};

function plan(split: SplitDimension[], change: { data?: PlanningData; siteCode?: string } = {}) {
  return planParts({
    readings: ['students'],
    splitOf: () => split,
    data: change.data ?? data,
    today: '2026-11-22',
    periodAheadDays: 90,
    siteCode: change.siteCode ?? null,
  });
}

const part = (periodCode: string | null, siteCode: string | null, groupCode: string | null) => ({
  reading: 'students',
  periodCode,
  siteCode,
  groupCode,
  page: null,
});

describe('selectReadPeriods', () => {
  it.each([
    ['2026-08-31', ['2025', '2026']],
    ['2026-09-01', ['2026']],
    ['2026-06-03', ['2025', '2026']],
    ['2026-06-02', ['2025']],
    ['2028-01-01', []],
  ])('on %s reads %j', (today, codes) => {
    expect(selectReadPeriods(data.periods, today, 90).map(({ code }) => code)).toEqual(codes);
  });
});

describe('planParts', () => {
  it('is one call without a split', () => {
    expect(plan([])).toEqual({ ok: true, parts: [part(null, null, null)] });
  });

  it('crosses the periods read with the sites', () => {
    expect(plan(['period', 'site'])).toEqual({
      ok: true,
      parts: [part('2026', 'S1', null), part('2026', 'S2', null)],
    });
  });

  it('takes the groups of the periods read', () => {
    expect(plan(['period', 'group'])).toEqual({
      ok: true,
      parts: [part('2026', null, 'G1'), part('2026', null, 'G2')],
    });
  });

  it('keeps to one site when asked', () => {
    expect(plan(['period', 'site'], { siteCode: 'S2' })).toEqual({
      ok: true,
      parts: [part('2026', 'S2', null)],
    });
    expect(plan(['period', 'group'], { siteCode: 'S2' })).toMatchObject({
      parts: [{ groupCode: 'G2' }],
    });
  });

  it.each([
    [['period'] as SplitDimension[], { data: { ...data, periods: [] } }, /update_caches/],
    [
      ['period'] as SplitDimension[],
      { data: { ...data, periods: data.periods.slice(0, 1) } },
      /none of the 1/i,
    ],
    [['site'] as SplitDimension[], { data: { ...data, siteCodes: [] } }, /sync_sites/],
    [['site'] as SplitDimension[], { siteCode: 'S9' }, /S9; known are S1, S2/],
    [['group'] as SplitDimension[], { data: { ...data, groups: [] } }, /sync_groups/],
    [[] as SplitDimension[], { siteCode: 'S1' }, /cannot be limited to a site/],
  ])('split by %j refuses to plan nothing: %#', (split, change, sentence) => {
    const outcome = plan(split, change);
    expect(outcome.ok).toBe(false);
    expect(outcome.ok ? '' : outcome.sentence).toMatch(sentence);
  });
});
