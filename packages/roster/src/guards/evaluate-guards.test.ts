import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeGuard } from './describe-guard.js';
import { evaluateGuards, type GuardCounts, type RemovalCount } from './evaluate-guards.js';
import { GUARD_DEFAULTS, GUARD_NAMES, type GuardSettings } from './guard-settings.js';

const NOTHING: GuardCounts = {
  ...{ reading: 'students', removals: [], emptiedParts: [], identitySwaps: 0 },
  ...{ known: 0, changed: 0, read: 0, rejected: 0, anonymous: [] },
};

const OFF: GuardSettings = {
  ...{ removals: null, 'site-removals': null, 'group-removals': null, emptied: false },
  ...{ 'identity-swaps': null, changed: null, rejected: null, anonymous: false },
};

function removal(said: Partial<RemovalCount>): RemovalCount {
  return {
    ...{ reading: 'students', subject: 'records', site: null, group: null, part: null },
    ...{ leaving: 0, excused: 0, of: 0 },
    ...said,
  };
}

const judge = (counts: Partial<GuardCounts>, settings: GuardSettings = { ...GUARD_DEFAULTS }) =>
  evaluateGuards({ ...NOTHING, ...counts }, settings);
const guardsOf = (counts: Partial<GuardCounts>) => judge(counts).map(({ guard }) => guard);

describe('removals', () => {
  it.each([
    ['20 of 100 learners', { leaving: 20, of: 100 }, []],
    ['21 of 100 learners', { leaving: 21, of: 100 }, ['removals']],
    ['250 of 5,000 learners', { leaving: 250, of: 5000 }, []],
    ['251 of 5,000 learners', { leaving: 251, of: 5000 }, ['removals']],
    ['10 of 50 of a site', { leaving: 10, of: 50, site: '2' }, []],
    ['11 of 50 of a site', { leaving: 11, of: 50, site: '2' }, ['site-removals']],
    ['8 of 10 of a group', { leaving: 8, of: 10, group: 'G' }, []],
    ['10 of 20 of a group', { leaving: 10, of: 20, group: 'G' }, []],
    ['11 of 20 of a group', { leaving: 11, of: 20, group: 'G' }, ['group-removals']],
    ['all 3 learners', { leaving: 3, of: 3 }, ['emptied']],
    ['all 3 of a site', { leaving: 3, of: 3, site: '2' }, ['emptied']],
    ['all 3 of a group', { leaving: 3, of: 3, group: 'G' }, []],
  ])('%s', (_, count, guards) => {
    expect(guardsOf({ removals: [removal(count)] })).toEqual(guards);
  });

  it('that the school year accounts for do not count, but for a list that falls to zero', () => {
    const year = { leaving: 300, excused: 290, of: 1000 };
    expect(guardsOf({ removals: [removal(year)] })).toEqual([]);
    const site = { leaving: 40, excused: 40, of: 40, site: '2' };
    expect(guardsOf({ removals: [removal(site)] })).toEqual([]);
    expect(guardsOf({ removals: [removal({ ...site, excused: 39 })] })).toEqual(['emptied']);
    const all = { leaving: 40, excused: 40, of: 40 };
    expect(guardsOf({ removals: [removal(all)], read: 90 })).toEqual(['emptied']);
    const groups = removal({ ...all, reading: 'groups' });
    expect(guardsOf({ removals: [groups], read: 90 })).toEqual([]);
    expect(guardsOf({ removals: [groups], read: 0 })).toEqual(['emptied']);
    const links = removal({ ...all, subject: 'memberships' });
    expect(guardsOf({ removals: [links], read: 90 })).toEqual([]);
  });

  it('of a whole list are still counted where falling to zero is allowed', () => {
    const settings = { ...GUARD_DEFAULTS, emptied: false };
    const tripped = judge({ removals: [removal({ leaving: 30, of: 30 })] }, settings);
    expect(tripped.map(({ guard }) => guard)).toEqual(['removals']);
  });
});

describe('what is read', () => {
  it.each([
    ['3 swaps', { identitySwaps: 3, known: 1000 }, []],
    ['4 swaps', { identitySwaps: 4, known: 1000 }, ['identity-swaps']],
    ['half of 50 changed', { changed: 25, known: 50 }, []],
    ['more than half of 50 changed', { changed: 26, known: 50 }, ['changed']],
    ['all of 49 changed', { changed: 49, known: 49 }, []],
    ['1 of 20 rejected', { rejected: 1, read: 20 }, []],
    ['2 of 20 rejected', { rejected: 2, read: 20 }, ['rejected']],
    ['19 of 19 rejected', { rejected: 19, read: 19 }, []],
  ])('%s', (_, counts, guards) => {
    expect(guardsOf(counts)).toEqual(guards);
  });

  it('without a code speaks against removals, if there are any', () => {
    const anonymous = [{ reading: 'students' as const, records: 2 }];
    expect(guardsOf({ anonymous })).toEqual([]);
    const removals = [removal({ leaving: 1, of: 9 })];
    expect(guardsOf({ anonymous, removals })).toEqual(['anonymous']);
  });
});

// Small, so that the edges of the limits are met.
const amount = fc.nat({ max: 60 });
const code = fc.option(fc.constantFrom('1', '2'), { nil: null });
const someRemoval = fc
  .record({ site: code, group: code, leaving: amount, excused: amount, stay: amount })
  .map(({ site, group, leaving, excused, stay }) =>
    removal({
      ...(group === null ? { site } : { group }),
      ...{ leaving: leaving + excused, excused, of: leaving + excused + stay },
    }),
  );
const someCounts: fc.Arbitrary<GuardCounts> = fc.record({
  reading: fc.constant('students' as const),
  removals: fc.array(someRemoval, { maxLength: 5 }),
  emptiedParts: fc.constant([]),
  identitySwaps: amount,
  known: amount,
  changed: amount,
  read: amount,
  rejected: amount,
  anonymous: fc.array(fc.record({ reading: fc.constant('students' as const), records: amount })),
});

describe('laws', () => {
  it('a guard that is off never trips, and leaves the others as they are', () => {
    fc.assert(
      fc.property(someCounts, fc.constantFrom(...GUARD_NAMES), (counts, name) => {
        const settings = { ...GUARD_DEFAULTS, [name]: OFF[name] };
        const tripped = judge(counts, settings).map(({ guard }) => guard);
        expect(tripped).not.toContain(name);
        const others = guardsOf(counts).filter((guard) => guard !== name);
        expect(tripped).toEqual(expect.arrayContaining(others));
      }),
    );
    fc.assert(
      fc.property(someCounts, (counts) => {
        expect(judge(counts, OFF)).toEqual([]);
      }),
    );
  });

  it('more that goes wrong never lets pass what was held', () => {
    const more = fc.record({ leaving: amount, swaps: amount, changed: amount, rejected: amount });
    fc.assert(
      fc.property(someCounts, more, (counts, { leaving, swaps, changed, rejected }) => {
        const worse: GuardCounts = {
          ...counts,
          removals: counts.removals.map((count) => ({
            ...count,
            leaving: Math.min(count.of, count.leaving + leaving),
          })),
          identitySwaps: counts.identitySwaps + swaps,
          changed: counts.changed + changed,
          rejected: counts.rejected + rejected,
        };
        expect(placesOf(worse)).toEqual(expect.arrayContaining(placesOf(counts)));
      }),
    );
  });

  it('each says its numbers in one sentence, in both languages', () => {
    fc.assert(
      fc.property(someCounts, (counts) => {
        for (const tripped of judge(counts)) {
          const { fr, en } = describeGuard(tripped);
          expect(en).toContain(tripped.found.toLocaleString('en'));
          expect(fr).toContain(tripped.found.toLocaleString('fr'));
          for (const text of [fr, en]) expect(text).toMatch(/^[^.]+\.$/);
        }
      }),
    );
  });
});

/** Where something speaks against the removals; a list that falls to zero is one that loses many. */
function placesOf(counts: GuardCounts): string[] {
  const place = counts.removals.map(({ site, group }) => JSON.stringify([site, group]));
  return judge(counts).map(({ guard, site, group }) =>
    guard === 'emptied' || guard.endsWith('removals')
      ? `removals ${place.indexOf(JSON.stringify([site, group]))}`
      : guard,
  );
}

it('a sentence names the place', () => {
  const say = (count: Partial<RemovalCount>) =>
    judge({ removals: [removal(count)] }).map(describeGuard)[0];
  expect(say({ leaving: 1200, of: 5000 })).toEqual({
    fr: 'Sur 5\u202f000 apprenants actifs, 1\u202f200 seraient suspendus ; le garde-fou en permet 250.',
    en: '1,200 of 5,000 active learners would be suspended; the guard allows 250.',
  });
  expect(say({ leaving: 12, of: 20, group: 'BTS1', subject: 'memberships' })).toEqual({
    fr: 'Sur 20 appartenances d’apprenants dans le groupe BTS1, 12 seraient retirées ; le garde-fou en permet 10.',
    en: '12 of 20 memberships of learners in group BTS1 would be removed; the guard allows 10.',
  });
  expect(say({ leaving: 20, of: 20, site: '2', reading: 'definitions.cursus' })?.fr).toBe(
    'Sur 20 définitions (cursus) actives du site 2, aucune n’est revenue.',
  );
});
