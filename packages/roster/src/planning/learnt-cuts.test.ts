import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WHOLE_LIST } from '../entities.js';
import type { CuttingData, Pieces } from './cut-part.js';
import { applyLearnt, coarser, type Fineness, type LearntCut } from './learnt-cuts.js';
import type { PlannedPart } from './plan-parts.js';

const data: CuttingData = {
  groups: [
    { kind: 'initial', code: 'G1', periodCode: '2026', siteCode: 'S1' },
    { kind: 'initial', code: 'G2', periodCode: '2026', siteCode: 'S1' },
    { kind: 'initial', code: 'G3', periodCode: '2026', siteCode: 'S2' },
  ],
};
const all: Pieces = { byGroup: true, page: { limit: 200, minimum: 10 } };

const at = (siteCode: string, groupCode: string | null = null): PlannedPart => ({
  ...WHOLE_LIST,
  ...{ reading: 'students', periodCode: '2026', siteCode, groupCode },
});
const learnt = (said: Partial<LearntCut>): LearntCut => ({
  ...{ reading: 'students', siteCode: null, groupCode: null, byGroup: false, pageLimit: null },
  ...said,
});
const apply = (cuts: LearntCut[], pieces = all, parts = [at('S1'), at('S2')]) =>
  applyLearnt(parts, cuts, () => pieces, data);
const first = (limit: number) => ({ page: { offset: 0, limit, last: true } });

describe('applyLearnt', () => {
  it('changes nothing where nothing was learnt', () => {
    expect(apply([])).toEqual([at('S1'), at('S2')]);
    expect(apply([learnt({ reading: 'teachers', byGroup: true, pageLimit: 50 })])).toEqual([
      at('S1'),
      at('S2'),
    ]);
  });

  it('cuts what was learnt of a site, and of everywhere', () => {
    expect(apply([learnt({ siteCode: 'S1', byGroup: true })])).toEqual([
      ...[at('S1', 'G1'), at('S1', 'G2'), at('S2')],
    ]);
    expect(apply([learnt({ pageLimit: 50 })])).toEqual([
      ...[
        { ...at('S1'), ...first(50) },
        { ...at('S2'), ...first(50) },
      ],
    ]);
  });

  it('takes the most particular of what was learnt', () => {
    const cuts = [
      learnt({ pageLimit: 150 }),
      learnt({ siteCode: 'S1', byGroup: true, pageLimit: 100 }),
      learnt({ siteCode: 'S1', groupCode: 'G2', byGroup: true, pageLimit: 25 }),
    ];
    expect(apply(cuts)).toEqual([
      { ...at('S1', 'G1'), ...first(100) },
      { ...at('S1', 'G2'), ...first(25) },
      { ...at('S2'), ...first(150) },
    ]);
  });

  it('keeps to what the contract allows now', () => {
    const cuts = [learnt({ byGroup: true, pageLimit: 3 })];
    expect(apply(cuts, { byGroup: false, page: null })).toEqual([at('S1'), at('S2')]);
    const noGroups = { ...all, byGroup: false };
    expect(apply(cuts, noGroups, [at('S1')])).toEqual([{ ...at('S1'), ...first(10) }]);
    const longer = [learnt({ pageLimit: 500 })];
    expect(apply(longer, all, [at('S1')])).toEqual([{ ...at('S1'), ...first(200) }]);
  });

  it('leaves a part that is a page already', () => {
    const page = { ...at('S1'), page: { offset: 3, limit: 2, last: false } };
    expect(apply([learnt({ byGroup: true, pageLimit: 50 })], all, [page])).toEqual([page]);
  });
});

describe('coarser', () => {
  it('doubles the pages, then gives them up, then the groups', () => {
    const steps: (Fineness | null)[] = [{ byGroup: true, pageLimit: 30 }];
    for (let step = steps[0] ?? null; step !== null; ) {
      step = coarser(step, all);
      steps.push(step);
    }
    expect(steps.slice(1)).toEqual([
      { byGroup: true, pageLimit: 60 },
      { byGroup: true, pageLimit: 120 },
      { byGroup: true, pageLimit: 200 },
      { byGroup: true, pageLimit: null },
      null,
    ]);
    expect(coarser({ byGroup: false, pageLimit: 200 }, all)).toBeNull();
    expect(coarser({ byGroup: false, pageLimit: 20 }, { ...all, page: null })).toBeNull();
  });

  it('forgets everything in the end, whatever was learnt', () => {
    const law = (byGroup: boolean, pageLimit: number | null, limit: number) => {
      const pieces = { byGroup, page: { limit, minimum: 1 } };
      let left: Fineness | null = { byGroup, pageLimit };
      for (let step = 0; left !== null; step++) {
        expect(step).toBeLessThan(16);
        left = coarser(left, pieces);
      }
    };
    const size = fc.integer({ min: 1, max: 10_000 });
    fc.assert(fc.property(fc.boolean(), fc.option(size), size, law));
  });
});
