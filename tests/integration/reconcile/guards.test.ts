import type { StagedPerson } from '@passerelle/roster';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, group, openCentre, period, rejection } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

/** Learners numbered from 1, each as `said` says. */
const learners = (count: number, said: (n: number) => Partial<StagedPerson> = () => ({})) =>
  Array.from({ length: count }, (_, index) => person(String(index + 1), said(index + 1)));
const sync = (rows: StagedPerson[]) => centre.sync('sync_students', [{ rows }]);
const guardsOf = ({ guards }: Awaited<ReturnType<typeof sync>>) =>
  guards.map(({ guard, subject, site, group: code, found, limit, of }) =>
    [guard, subject, site ?? code, `${found} of ${of}, ${limit} allowed`].join(' '),
  );
const suspended = async () => {
  const rows = await centre.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM users WHERE status = 'suspended'`,
  );
  return rows[0]?.count;
};

describe('too many removals', () => {
  it('of a whole list are held, one fewer are not', async () => {
    const rows = learners(60);
    await sync(rows);
    const held = await sync(rows.slice(21));
    expect(held).toMatchObject({
      state: 'held',
      counts: { suspended: 0 },
      holdReason:
        'Removals are held back. 21 of 60 active learners would be suspended; the guard allows 20.',
    });
    expect(await suspended()).toBe(0);
    expect(await sync(rows.slice(20))).toMatchObject({ state: 'succeeded', guards: [] });
    expect(await suspended()).toBe(20);
  });

  it('of a site are held, though the whole would bear them', async () => {
    const rows = learners(60, (n) => ({ siteCode: n <= 30 ? 'N' : 'S' }));
    await sync(rows);
    const held = await sync(rows.slice(11));
    expect(guardsOf(held)).toEqual(['site-removals records N 11 of 30, 10 allowed']);
    expect(await sync(rows.slice(10))).toMatchObject({ state: 'succeeded' });
  });

  it('of memberships of a group are held, those of its site and of the whole count too', async () => {
    const groups = ['A', 'B', 'C'].map((code) => group(code, { siteCode: 'N' }));
    await centre.sync('sync_groups', [{ rows: groups }]);
    const both = [place('A'), place('B')];
    const rows = learners(10, () => ({ memberships: both }));
    await sync(rows);
    const moved = learners(10, (n) => ({
      memberships: n <= 9 ? [place('A'), place('C')] : both,
    }));
    const held = await sync(moved);
    expect(guardsOf(held)).toEqual(['group-removals memberships B 9 of 10, 8 allowed']);
    expect(held).toMatchObject({ counts: { updated: 9 }, links: { added: 9, removed: 0 } });
    const one = learners(10, (n) => ({ memberships: n <= 8 ? [place('A'), place('C')] : both }));
    await centre.reset();
    await centre.sync('sync_groups', [{ rows: groups }]);
    await sync(rows);
    expect(await sync(one)).toMatchObject({ state: 'succeeded', links: { removed: 8 } });
  });

  it('of tutorships are held by the learners’ site and group', async () => {
    await centre.sync('sync_groups', [{ rows: [group('A', { siteCode: 'N' })] }]);
    await sync(learners(30, () => ({ siteCode: 'N', memberships: [place('A')] })));
    const tutors = (from: number) =>
      Array.from({ length: 31 - from }, (_, i) =>
        person(`T${i + from}`, { tutorships: [charge(String(i + from))] }),
      );
    await centre.sync('sync_tutors', [{ rows: tutors(1) }]);
    const held = await centre.sync('sync_tutors', [{ rows: tutors(17) }]);
    expect(guardsOf(held)).toEqual([
      'site-removals tutorships N 16 of 30, 10 allowed',
      'group-removals tutorships A 16 of 30, 15 allowed',
    ]);
    // Of learners who have left already they are what is to be expected.
    await centre.sql.query(
      `UPDATE users SET status = 'suspended' WHERE code::text ~ '^([1-9]|1[0-6])$'`,
    );
    const believed = await centre.sync('sync_tutors', [{ rows: tutors(17) }]);
    expect(believed).toMatchObject({ state: 'succeeded', links: { removed: 16 } });
  });

  it('of which others came in their stead are still too many', async () => {
    const rows = learners(30);
    await sync(rows);
    const others = rows.map((row) => ({ ...row, code: `X${row.code}`, hash: `X${row.hash}` }));
    const held = await sync(others);
    expect(held.holdReason).toBe(
      'Removals are held back. None of the 30 active learners came back.',
    );
    expect(held.counts).toMatchObject({ created: 30, suspended: 0 });
  });
});

describe('what a run read', () => {
  it('with more than a few identities swapped holds its removals', async () => {
    const born = (birthDate: string) => (n: number) => ({ birthDate, lastName: `Nom${n}` });
    const rows = learners(40, born('2008-01-01'));
    await sync(rows);
    const swapped = (count: number) => [
      ...learners(count, (n) => ({ birthDate: '2007-05-05', lastName: `Autre${n}` })),
      ...rows.slice(count, 39),
    ];
    const held = await sync(swapped(4));
    expect(guardsOf(held)).toEqual(['identity-swaps records  4 of 39, 3 allowed']);
    expect(held.counts).toMatchObject({ updated: 4, suspended: 0 });
    await centre.reset();
    await sync(rows);
    expect(await sync(swapped(3))).toMatchObject({ state: 'succeeded', counts: { suspended: 1 } });
  });

  it('of which name or birth date alone changed is no swap, nor is another case', async () => {
    await sync(learners(40, () => ({ birthDate: '2008-01-01', lastName: 'Martin' })));
    const rows = learners(40, (n) => ({
      ...(n <= 8 ? { lastName: 'Durand', birthDate: '2008-01-01' } : {}),
      ...(n > 8 && n <= 16 ? { birthDate: '2008-02-01', lastName: 'MARTIN' } : {}),
      ...(n > 16 ? { birthDate: '2008-01-01', lastName: 'Martin' } : {}),
    }));
    expect(await sync(rows)).toMatchObject({ state: 'succeeded', guards: [] });
  });

  it('of which most changed at once waits for a look, though nothing is to be removed', async () => {
    await sync(learners(60));
    const held = await sync(learners(60, (n) => (n <= 31 ? { email: `e${n}@mail.example` } : {})));
    expect(held).toMatchObject({
      state: 'held',
      counts: { updated: 31 },
      holdReason:
        'Nothing was to be removed, but look at this. 31 of 60 known learners changed at once; the guard allows 30.',
    });
    const next = learners(60, (n) => (n <= 31 ? { email: `e${n}@mail.example` } : {}));
    expect(await sync(next)).toMatchObject({ state: 'succeeded' });
  });

  it('with an unusual share rejected holds its removals', async () => {
    const rows = learners(40);
    await sync(rows);
    const rejected = ['37', '38', '39'].map((code) => rejection(code));
    const part = { rows: rows.slice(0, 36), rejected };
    const held = await centre.sync('sync_students', [part]);
    expect(held).toMatchObject({
      state: 'held',
      holdReason:
        'Removals are held back. 3 of 39 learners read were rejected; the guard allows 1.',
    });
    await centre.setGuards('sync_students', { rejected: 'off' });
    const believed = await centre.sync('sync_students', [part]);
    expect(believed).toMatchObject({ state: 'succeeded', counts: { suspended: 1 } });
  });

  it('of groups is judged by the same guards', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => group(`G${n}`, { siteCode: `S${n % 2}` }));
    await centre.sync('sync_groups', [{ rows }]);
    const held = await centre.sync('sync_groups', [
      { rows: rows.filter((_, n) => n % 2 === 0 || n > 25) },
    ]);
    expect(guardsOf(held)).toEqual(['site-removals records S1 13 of 20, 10 allowed']);
  });

  it('is judged as the task is set', async () => {
    const rows = learners(60, () => ({ siteCode: 'N' }));
    await sync(rows);
    await centre.setGuards('sync_students', { removals: '30', 'site-removals': 'off' });
    expect(await sync(rows.slice(30))).toMatchObject({ state: 'succeeded' });
    await centre.setGuards('sync_students', { emptied: 'off' });
    const gone = await sync([]);
    expect(guardsOf(gone)).toEqual([
      'removals records  30 of 30, 20 allowed',
      'site-removals records N 30 of 30, 10 allowed',
    ]);
  });
});

describe('a change of school year', () => {
  const YEARS = [
    period('2026', '2026-09-01', '2027-08-31'),
    period('2027', '2027-09-01', '2028-08-31'),
  ];
  const IN = { 2026: '2027-08-31', 2027: '2027-09-01' };
  const groups = ['2026', '2027'].flatMap((year) =>
    ['A', 'B'].map((code) => group(`${code}${year}`, { periodCode: year, siteCode: 'N' })),
  );
  const before = learners(60, (n) => ({
    siteCode: 'N',
    programStepCode: '1',
    memberships: [place(n <= 30 ? 'A2026' : 'B2026')],
  }));
  /** 40 of them go on; 25 are new. */
  const after = [
    ...learners(40, () => ({ siteCode: 'N', programStepCode: '2', memberships: [place('A2027')] })),
    ...learners(85, () => ({ siteCode: 'N', memberships: [place('B2027')] })).slice(60),
  ];
  const begin = async () => {
    await centre.sync('update_caches', [{ reading: 'definitions.period', rows: YEARS }]);
    await centre.sync('sync_groups', [{ rows: groups }]);
    await centre.sync('sync_students', [{ rows: before }], IN[2026]);
  };

  it('is announced, and nothing of it is held', async () => {
    await begin();
    const run = await centre.sync('sync_students', [{ rows: after }], IN[2027]);
    expect(run).toMatchObject({
      state: 'succeeded',
      guards: [],
      counts: { created: 25, suspended: 20 },
      links: { removed: 60 },
      schoolYear: { people: 20, memberships: 60, groups: 0 },
    });
  });

  it('is announced when people are missed, and not again when their grace has passed', async () => {
    await begin();
    centre.setLeaving({
      ...{ graceDays: { student: 7, teacher: 0, tutor: 0 }, eraseAfterDays: null },
    });
    const missed = await centre.sync('sync_students', [{ rows: after }], IN[2027]);
    expect(missed).toMatchObject({
      ...{ state: 'succeeded', missing: 20, counts: { suspended: 0 } },
      schoolYear: { people: 20, memberships: 60, groups: 0 },
    });
    const later = await centre.sync('sync_students', [{ rows: after }], '2027-09-08');
    expect(later).toMatchObject({
      ...{ state: 'succeeded', missing: 0, counts: { suspended: 20 }, guards: [] },
      schoolYear: null,
    });
  });

  it('takes the groups of the past year with it', async () => {
    await begin();
    const run = await centre.sync('sync_groups', [{ rows: groups.slice(2) }], IN[2027]);
    expect(run).toMatchObject({ state: 'succeeded', schoolYear: { groups: 2 } });
  });

  it('excuses nothing on the last day of the year, nor when the list is empty', async () => {
    await begin();
    const early = await centre.sync('sync_students', [{ rows: after }], IN[2026]);
    expect(early).toMatchObject({ state: 'held', schoolYear: null });
    const none = await centre.sync('sync_students', [{ rows: [] }], IN[2027]);
    expect(none).toMatchObject({ state: 'held', counts: { suspended: 0 } });
  });

  it('excuses nobody who is enrolled for the new year', async () => {
    await begin();
    const next = before.map((row) =>
      person(row.code, { siteCode: 'N', memberships: [...row.memberships, place('A2027')] }),
    );
    await centre.sync('sync_students', [{ rows: next }], IN[2026]);
    const run = await centre.sync('sync_students', [{ rows: next.slice(21) }], IN[2027]);
    expect(guardsOf(run)).toContain('removals records  21 of 60, 20 allowed');
  });

  it('excuses nothing where a period is only not known any more', async () => {
    await begin();
    await centre.sql.query(`DELETE FROM definitions WHERE domain = 'period' AND code = '2026'`);
    const run = await centre.sync('sync_students', [{ rows: after }], IN[2027]);
    expect(run).toMatchObject({ state: 'held', schoolYear: null });
  });
});
