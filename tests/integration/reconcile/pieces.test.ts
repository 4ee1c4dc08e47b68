import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, group, openCentre, rejection } from './centre.js';
import { person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(async () => {
  await centre.reset();
  await centre.sync('sync_groups', [
    {
      rows: [
        group('G1', { siteCode: '1' }),
        group('G2', { siteCode: '1' }),
        group('G3', { siteCode: '2' }),
      ],
    },
  ]);
});
afterAll(() => centre.dispose());

const at = (siteCode: string, groupCode?: string) => ({
  siteCode,
  memberships: groupCode === undefined ? [] : [place(groupCode)],
});
const ofGroup = (siteCode: string, groupCode: string) => ({ siteCode, groupCode });
const firstOf = (siteCode: string, groupCode: string) => ({
  ...ofGroup(siteCode, groupCode),
  page: { offset: 0, limit: 1, last: false },
});
const restOf = (siteCode: string, groupCode: string) => ({
  ...ofGroup(siteCode, groupCode),
  page: { offset: 1, limit: 200, last: true },
});

async function suspended(): Promise<string[]> {
  const rows = await centre.rows<{ code: string }>(
    `SELECT code FROM users WHERE status = 'suspended' ORDER BY code`,
  );
  return rows.map(({ code }) => code);
}

describe('a group with a record that nobody can read', () => {
  const [unread, other] = [person('1', at('1', 'G1')), person('2', at('1', 'G1'))];
  const [near, gone] = [person('3', at('1', 'G2')), person('4', at('2', 'G3'))];
  const stays = person('5', at('2', 'G3'));

  it('keeps whoever may be in it, and nobody else', async () => {
    await centre.sync('sync_students', [{ rows: [unread, other, near, gone, stays] }]);
    const run = await centre.sync('sync_students', [
      { scope: firstOf('1', 'G1'), setAside: true },
      { scope: restOf('1', 'G1'), rows: [other] },
      { scope: ofGroup('1', 'G2'), rows: [near] },
      { scope: { siteCode: '2' }, rows: [stays] },
    ]);
    expect(run).toMatchObject({ state: 'succeeded', counts: { rejected: 1, suspended: 1 } });
    expect(await suspended()).toEqual(['4']);
  });

  it('keeps whoever is missing anywhere, if nobody of it or its site is', async () => {
    await centre.sync('sync_students', [{ rows: [other, near, gone, stays] }]);
    const run = await centre.sync('sync_students', [
      { scope: firstOf('1', 'G1'), setAside: true },
      { scope: restOf('1', 'G1'), rows: [other] },
      { scope: ofGroup('1', 'G2'), rows: [near] },
      { scope: { siteCode: '2' }, rows: [stays] },
    ]);
    expect(run).toMatchObject({ state: 'succeeded', counts: { rejected: 1, suspended: 0 } });
  });
});

describe('a site that is read group by group', () => {
  it('brings a bad record of two groups once, and none of somebody whose other one is good', async () => {
    const run = await centre.sync('sync_students', [
      { scope: ofGroup('1', 'G1'), rejected: [rejection('1'), rejection('2')] },
      { scope: ofGroup('1', 'G2'), rejected: [rejection('1')], rows: [person('2', at('1', 'G2'))] },
    ]);
    expect(run.counts).toMatchObject({ read: 2, created: 1, rejected: 1 });
    // One without a code may be anyone's, and counts wherever it is.
    const nameless = await centre.sync('sync_students', [
      { scope: ofGroup('1', 'G1'), rejected: [rejection(null)] },
      { scope: ofGroup('1', 'G2'), rejected: [rejection(null)], rows: [person('2')] },
    ]);
    expect(nameless.counts).toMatchObject({ rejected: 2 });
  });

  it('keeps those known in none of the groups that were read', async () => {
    const everybody = [
      person('1', at('1', 'G1')),
      person('2', at('1', 'G1')),
      person('3', at('1')),
      person('4', at('1', 'new')),
      person('5', at('2')),
      person('6', at('2')),
    ];
    await centre.sync('sync_students', [{ rows: everybody }]);
    const run = await centre.sync('sync_students', [
      { scope: ofGroup('1', 'G1'), rows: everybody.slice(0, 1) },
      { scope: { siteCode: '2' }, rows: everybody.slice(4, 5) },
    ]);
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(await suspended()).toEqual(['2', '6']);
  });
});
