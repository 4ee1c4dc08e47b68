import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PartPage, WHOLE_LIST } from '../entities.js';
import { type CuttingData, cutPart, pageAfter, type Pieces } from './cut-part.js';
import type { PlannedPart } from './plan-parts.js';

const data: CuttingData = {
  groups: [
    { kind: 'initial', code: 'G1', periodCode: '2026', siteCode: 'S1' },
    { kind: 'continuing', code: 'G2', periodCode: '2026', siteCode: 'S1' },
    { kind: 'initial', code: 'G3', periodCode: '2026', siteCode: 'S2' },
    { kind: 'initial', code: 'G4', periodCode: '2025', siteCode: 'S1' },
  ],
};
const all: Pieces = { byGroup: true, page: { limit: 200, minimum: 1 } };
const none: Pieces = { byGroup: false, page: null };

const part = (scope: Partial<PlannedPart> = {}): PlannedPart => ({
  reading: 'students',
  ...WHOLE_LIST,
  ...scope,
});
const s1 = part({ periodCode: '2026', siteCode: 'S1' });
const paged = (offset: number, limit: number, last = false) =>
  part({ page: { offset, limit, last } });

describe('cutPart', () => {
  it('asks by the groups of its period and site', () => {
    expect(cutPart(s1, all, data)).toEqual([
      { ...s1, groupCode: 'G1' },
      { ...s1, groupCode: 'G2' },
    ]);
    expect(cutPart(part({ siteCode: 'S1' }), all, data)).toHaveLength(3);
  });

  it('asks by pages where there are no groups to ask by, or only one is asked for', () => {
    const page = { offset: 0, limit: 200, last: true };
    const nowhere = part({ periodCode: '2026', siteCode: 'S9' });
    expect(cutPart(nowhere, all, data)).toEqual([{ ...nowhere, page }]);
    const group = { ...s1, groupCode: 'G1' };
    expect(cutPart(group, all, data)).toEqual([{ ...group, page }]);
    expect(cutPart(s1, { ...all, byGroup: false }, data)).toEqual([{ ...s1, page }]);
  });

  it('halves a page, of which the second half is as open as the whole was', () => {
    expect(cutPart(paged(400, 5, true), all, data)).toEqual([
      paged(400, 3, false),
      paged(403, 2, true),
    ]);
  });

  it('carries nothing over but what is to be read', () => {
    const stored = { ...s1, number: 4, state: 'running' };
    expect(Object.keys(cutPart(stored, all, data)?.[0] ?? {}).sort()).toEqual(
      Object.keys(s1).sort(),
    );
  });

  it('knows when there is nothing more to cut', () => {
    expect(cutPart(s1, none, data)).toBeNull();
    expect(cutPart({ ...s1, groupCode: 'G1' }, { ...none, byGroup: true }, data)).toBeNull();
    expect(cutPart(paged(7, 1, true), all, data)).toBeNull();
    expect(cutPart(paged(0, 50), { ...all, page: { limit: 200, minimum: 50 } }, data)).toBeNull();
    expect(cutPart(paged(0, 50), { ...all, page: null }, data)).toBeNull();
  });
});

describe('cutting again and again', () => {
  const bounds = fc
    .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }))
    .map(([a, b]) => ({ limit: Math.max(a, b), minimum: Math.min(a, b) }));

  /** What a page holds of a list, a last one with all the pages after it. */
  const held = ({ offset, limit, last }: PartPage, size: number): number[] => {
    const end = last ? size : Math.min(size, offset + limit);
    return Array.from({ length: Math.max(0, end - offset) }, (_, index) => offset + index);
  };

  it('never loses a record, nor reads one twice, and comes to an end', () => {
    const law = (
      page: { limit: number; minimum: number },
      offset: number,
      last: boolean,
      size: number,
      choices: boolean[],
    ) => {
      const pieces = { byGroup: false, page };
      const whole: PartPage = { offset, limit: page.limit, last };
      let open = [part({ page: whole })];
      const done: PlannedPart[] = [];
      // Some pages are read well, others are cut: any way through must cover the same.
      for (let step = 0; open.length > 0; step++) {
        const [next, ...others] = open as [PlannedPart, ...PlannedPart[]];
        const cut = (choices[step] ?? true) ? cutPart(next, pieces, data) : null;
        if (cut === null) done.push(next);
        open = cut === null ? others : [...cut, ...others];
      }
      const read = done.flatMap((piece) => held(piece.page as PartPage, size));
      expect(read).toEqual(held(whole, size));
      expect(done.length).toBeLessThanOrEqual(page.limit);
    };
    fc.assert(
      fc.property(
        bounds,
        fc.integer({ min: 0, max: 1_000 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 1_500 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        law,
      ),
    );
  });

  it('isolates any record of a page', () => {
    const law = (limit: number, at: number) => {
      const bad = at % limit;
      let page = paged(0, limit, true);
      for (;;) {
        const cut = cutPart(page, { byGroup: false, page: { limit, minimum: 1 } }, data);
        if (cut === null) break;
        page = cut.find((piece) => {
          const { offset, limit: length } = piece.page as PartPage;
          return bad >= offset && bad < offset + length;
        }) as PlannedPart;
      }
      expect(page.page).toMatchObject({ offset: bad, limit: 1 });
    };
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), law));
  });
});

describe('pageAfter', () => {
  it('goes on where an open-ended page ends, as long as before or otherwise', () => {
    expect(pageAfter(paged(400, 50, true))).toEqual(paged(450, 50, true));
    expect(pageAfter(paged(449, 1, true), 200)).toEqual(paged(450, 200, true));
  });

  it('does not go on after a page that has an end', () => {
    expect(pageAfter(paged(400, 50, false))).toBeNull();
    expect(pageAfter(s1)).toBeNull();
  });
});
