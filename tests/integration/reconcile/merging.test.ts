import type { StagedPerson } from '@passerelle/roster';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, group, openCentre } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const users = async () => (await centre.content())['users'];

/** How many rows of the last staging stand for people in full. */
const stagedInFull = async (runId: number) => {
  const [row] = await centre.rows<{ full: number }>(
    `SELECT count(*) FILTER (WHERE is_full)::int AS full FROM staging.run_${runId}_people`,
  );
  return row?.full;
};

describe('one person in several parts', () => {
  it('counts once where the records agree', async () => {
    const twice = person('1', { memberships: [place('G1')] });
    const run = await centre.sync('sync_students', [{ rows: [twice] }, { rows: [twice, twice] }]);
    expect(run).toMatchObject({ counts: { read: 1, created: 1 }, links: { added: 1 } });
    const again = await centre.sync('sync_students', [{ rows: [twice] }]);
    expect(again.counts).toMatchObject({ read: 1, unchanged: 1 });
  });

  it('is told by the latest record, no date being the earliest; then by the greatest hash', async () => {
    const said = (email: string, sourceModifiedAt: string | null, hash: string) =>
      person('1', { email, sourceModifiedAt, hash });
    const none = said('none@cfa.example', null, 'z');
    const early = said('early@cfa.example', '2026-01-01', 'y');
    const late = said('late@cfa.example', '2026-02-01', 'a');
    const latest = said('latest@cfa.example', '2026-02-01', 'b');
    for (const order of [
      [none, early, late, latest],
      [latest, late, early, none],
    ]) {
      await centre.reset();
      await centre.sync(
        'sync_students',
        order.map((record) => ({ rows: [record] })),
      );
      expect(await users()).toMatchObject([{ email: 'latest@cfa.example' }]);
    }
  });

  it('has the links of all records, with the widest dates', async () => {
    const dates = (startsOn: string | null, endsOn: string | null) => ({ startsOn, endsOn });
    await centre.sync('sync_students', [
      {
        rows: [
          person('1', {
            memberships: [
              place('G1', dates('2026-09-01', '2026-12-31')),
              place('G2', dates(null, '2026-12-31')),
              place('G3'),
            ],
          }),
        ],
      },
      {
        rows: [
          person('1', {
            memberships: [
              place('G1', dates('2026-10-01', '2027-06-30')),
              place('G2', dates('2026-09-01', null)),
            ],
          }),
        ],
      },
    ]);
    expect((await centre.content())['memberships']).toMatchObject([
      { group_code: 'G1', starts_on: '2026-09-01', ends_on: '2027-06-30' },
      { group_code: 'G2', starts_on: null, ends_on: null },
      { group_code: 'G3' },
    ]);
  });

  it('is unchanged when the same differing records come again', async () => {
    const records = [
      person('1', { hash: 'a' }),
      person('1', { hash: 'b', email: 'b@cfa.example' }),
    ];
    const parts = records.map((record) => ({ rows: [record] }));
    await centre.sync('sync_students', parts);
    const again = await centre.sync('sync_students', parts.toReversed());
    expect(again.counts).toMatchObject({ read: 1, unchanged: 1 });
  });
});

describe('a record the registry has already', () => {
  const known = person('1', {
    email: 'known@cfa.example',
    sourceModifiedAt: '2026-03-01',
    memberships: [place('G1', { startsOn: '2026-09-01' })],
    tutorships: [charge('5')],
  });
  const other = person('1', { sourceModifiedAt: '2026-01-01', memberships: [place('G2')] });

  it('is staged as key and hash alone, unless the user is suspended', async () => {
    const stays = person('2');
    await centre.sync('sync_students', [{ rows: [known, stays] }]);
    const unchanged = await centre.stage('sync_students', [{ rows: [known, stays] }]);
    expect(await stagedInFull(unchanged)).toBe(0);
    await centre.reconcile(unchanged);
    await centre.sync('sync_students', [{ rows: [stays] }]);
    // All links went: they are not in question here.
    await centre.sql.query(`UPDATE users SET status = 'suspended' WHERE code = '1'`);
    const back = await centre.stage('sync_students', [{ rows: [known, stays] }]);
    expect(await stagedInFull(back)).toBe(1);
  });

  it('is written out in full where another record of the person differs', async () => {
    await centre.sync('sync_students', [{ rows: [known] }, { rows: [other] }]);
    const { changes: _, ...expected } = await centre.content();
    await centre.reset();
    await centre.sync('sync_students', [{ rows: [known] }]);
    const runId = await centre.stage('sync_students', [{ rows: [known] }, { rows: [other] }]);
    expect(await stagedInFull(runId)).toBe(1);
    expect(await centre.reconcile(runId)).toMatchObject({ outcome: 'applied' });
    const { changes: __, ...content } = await centre.content();
    expect(content).toEqual(expected);
  });

  it('keeps its own date of change, which decides even if nothing else changed', async () => {
    await centre.sync('sync_students', [{ rows: [{ ...known, sourceModifiedAt: '2025-01-01' }] }]);
    await centre.sync('sync_students', [{ rows: [known] }, { rows: [other] }]);
    expect(await users()).toMatchObject([{ email: 'known@cfa.example' }]);
  });

  it('is read again if the user has changed since it was staged', async () => {
    await centre.sync('sync_students', [{ rows: [known, person('2')] }]);
    const parts = [{ rows: [person('2')] }, { rows: [known] }];
    const runId = await centre.stage('sync_students', parts);
    await centre.sql.query(`UPDATE users SET content_hash = 'erased' WHERE code = '1'`);
    expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [2] });
    expect(await centre.runs.listParts(runId)).toMatchObject([
      { state: 'done' },
      { state: 'pending' },
    ]);
    await centre.stagePart(runId, 2, { rows: [known] });
    expect(await centre.reconcile(runId)).toMatchObject({
      run: { state: 'succeeded', counts: { read: 2, unchanged: 2 } },
    });
  });
});

describe('order', () => {
  const text = fc.constantFrom('a', 'b', null);
  const day = fc.constantFrom('2026-09-01', '2026-10-15', null);
  const record: fc.Arbitrary<StagedPerson> = fc
    .record({
      code: fc.integer({ min: 1, max: 12 }).map(String),
      email: text,
      siteCode: text,
      sourceModifiedAt: fc.constantFrom('2026-01-01', '2026-01-02', null),
      memberships: fc.array(
        fc.record({ groupCode: fc.constantFrom('G1', 'G2'), startsOn: day, endsOn: day }),
        { maxLength: 2 },
      ),
    })
    .map(({ code, memberships, ...said }) =>
      person(code, {
        ...said,
        memberships: memberships.map(({ groupCode, ...dates }) => place(groupCode, dates)),
      }),
    );
  const split = (records: StagedPerson[], parts: number) =>
    Array.from({ length: parts }, (_, part) => ({
      rows: records.filter((_record, index) => index % parts === part),
    }));

  it('of records, parts and batches makes no difference, on the first day and on the next', async () => {
    const days = fc.record({
      first: fc.array(record, { minLength: 20, maxLength: 30 }),
      second: fc.array(record, { minLength: 5, maxLength: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(days, fc.integer({ min: 2, max: 4 }), async ({ first, second }, parts) => {
        const outcomes = [];
        for (const arrange of [
          (records: StagedPerson[]) => split(records, 1),
          (records: StagedPerson[]) => split(records.toReversed(), parts),
        ]) {
          await centre.reset();
          await centre.sync('sync_groups', [{ rows: [group('G1')] }]);
          await centre.sync('sync_students', arrange(first));
          const { counts, state } = await centre.sync(
            'sync_students',
            arrange([...second, ...first]),
          );
          const { changes: _, ...content } = await centre.content();
          outcomes.push({ counts, state, content });
        }
        expect(outcomes[1]).toEqual(outcomes[0]);
      }),
      { numRuns: 4 },
    );
  });
});
