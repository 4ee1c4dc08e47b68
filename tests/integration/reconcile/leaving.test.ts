import type { LeavingRules } from '@passerelle/roster';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, contextOf, group, openCentre, period, rejection } from './centre.js';
import { charge, person, place } from './people.js';

const WEEK: LeavingRules = {
  graceDays: { student: 7, teacher: 0, tutor: 0 },
  eraseAfterDays: null,
};

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(async () => {
  await centre.reset();
  centre.setLeaving(WEEK);
});
afterAll(() => centre.dispose());

/** The day so many days after the first. */
const day = (number: number) => `2026-10-${String(number + 1).padStart(2, '0')}`;

const STAYS = [person('8', { memberships: [place('G1')] }), person('9')];
const LEAVES = person('1', { memberships: [place('G1'), place('G2')] });
const learners = (rows: (typeof LEAVES)[], number: number) =>
  centre.sync('sync_students', [{ rows }], day(number));

const absences = () =>
  centre.rows<object>(
    `SELECT code, status, missing_on::text, suspended_on::text FROM users
      WHERE missing_on IS NOT NULL OR status = 'suspended' ORDER BY kind, code COLLATE "C"`,
  );

/** Links that are present. */
const links = async (code: string) => {
  const rows = await centre.rows<{ ref: string }>(
    `SELECT m.group_code AS ref FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE u.code = $1 AND m.removed_at IS NULL ORDER BY 1`,
    code,
  );
  return rows.map(({ ref }) => ref);
};

const historyOf = async (code: string) => {
  const rows = await centre.rows<{ kind: string; before: unknown; after: unknown }>(
    `SELECT c.kind, c.before, c.after FROM changes c JOIN users u ON u.id = c.entity_id
      WHERE c.entity = 'user' AND u.code = $1 AND c.kind <> 'created' ORDER BY c.id`,
    code,
  );
  return rows;
};

describe('someone missing', () => {
  it('keeps all they have until their grace has passed, and is suspended then', async () => {
    await learners([LEAVES, ...STAYS], 0);
    const first = await learners(STAYS, 1);
    expect(first).toMatchObject({
      state: 'succeeded',
      counts: { suspended: 0, updated: 0 },
      links: { removed: 0 },
    });
    expect(await absences()).toEqual([
      { code: '1', status: 'active', missing_on: day(1), suspended_on: null },
    ]);
    expect(await learners(STAYS, 7)).toMatchObject({ counts: { suspended: 0 } });
    expect(await links('1')).toEqual(['G1', 'G2']);

    const last = await learners(STAYS, 8);
    expect(last).toMatchObject({ counts: { suspended: 1 }, links: { removed: 2 } });
    expect(await absences()).toEqual([
      { code: '1', status: 'suspended', missing_on: day(1), suspended_on: day(8) },
    ]);
    expect(await links('1')).toEqual([]);
    expect(await historyOf('1')).toEqual([
      {
        kind: 'missing',
        before: { missing_on: null },
        after: { missing_on: day(1), suspends_on: day(8) },
      },
      { kind: 'suspended', before: { status: 'active' }, after: { status: 'suspended' } },
    ]);
  });

  it('is suspended at once where the kind has no grace', async () => {
    const rows = [person('1'), person('2')];
    await centre.sync('sync_teachers', [{ rows }], day(0));
    const run = await centre.sync('sync_teachers', [{ rows: rows.slice(1) }], day(1));
    expect(run).toMatchObject({ counts: { suspended: 1 } });
    expect(await absences()).toEqual([
      { code: '1', status: 'suspended', missing_on: day(1), suspended_on: day(1) },
    ]);
  });

  it('loses at once a membership that vanishes before they do', async () => {
    await learners([LEAVES, ...STAYS], 0);
    const run = await learners([person('1', { memberships: [place('G1')] }), ...STAYS], 1);
    expect(run).toMatchObject({ links: { removed: 1 } });
    expect(await links('1')).toEqual(['G1']);
  });

  it('goes by the setting of the day, not by that of the day they were missed', async () => {
    await learners([LEAVES, ...STAYS], 0);
    await learners(STAYS, 1);
    centre.setLeaving({ ...WEEK, graceDays: { ...WEEK.graceDays, student: 2 } });
    expect(await learners(STAYS, 2)).toMatchObject({ counts: { suspended: 0 } });
    expect(await learners(STAYS, 3)).toMatchObject({ counts: { suspended: 1 } });
  });
});

describe('somebody who comes back', () => {
  const idsOf = (code: string) =>
    centre.rows<object>(
      `SELECT u.id, array_agg(m.id ORDER BY m.id) AS memberships
         FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.code = $1 GROUP BY u.id`,
      code,
    );

  it.each([
    ['in their grace, word for word', 3, LEAVES],
    ['in their grace, with another name', 3, person('1', { ...LEAVES, lastName: 'Autre' })],
    ['when suspended', 20, LEAVES],
  ])('%s has the same row, memberships and history', async (_, number, record) => {
    await learners([LEAVES, ...STAYS], 0);
    const before = await idsOf('1');
    await learners(STAYS, 1);
    await learners(STAYS, number - 1);
    await learners([{ ...record, hash: record.hash + record.lastName }, ...STAYS], number);
    expect(await absences()).toEqual([]);
    expect(await idsOf('1')).toEqual(before);
    expect(await links('1')).toEqual(['G1', 'G2']);
    expect((await historyOf('1')).map(({ kind }) => kind)).toContain('restored');
    // Whoever is missed again has their whole grace again.
    expect(await learners(STAYS, number + 5)).toMatchObject({ counts: { suspended: 0 } });
    expect(await absences()).toMatchObject([{ missing_on: day(number + 5) }]);
  });

  it('is noticed by a run that left something out, and by one of them alone', async () => {
    const two = person('2', { memberships: [place('G1')] });
    await learners([LEAVES, two, ...STAYS], 0);
    await learners(STAYS, 1);
    await centre.sync('sync_students', [{ rows: [LEAVES] }, { fails: 'Gone.' }], day(2));
    expect(await absences()).toMatchObject([{ code: '2' }]);
    await centre.syncLearner('2', [{ rows: [two] }]);
    expect(await absences()).toEqual([]);
  });

  it('is there, though their record is set aside', async () => {
    await learners([LEAVES, ...STAYS], 0);
    await learners(STAYS, 1);
    await centre.sync('sync_students', [{ rows: STAYS, rejected: [rejection('1')] }], day(9));
    expect(await absences()).toEqual([]);
  });
});

describe('time alone suspends nobody', () => {
  it('when runs fail, are partial or limited to a site', async () => {
    await learners([LEAVES, ...STAYS], 0);
    await learners(STAYS, 1);
    const before = await absences();
    await centre.sync('sync_students', [{ fails: 'Gone.' }], day(9));
    await centre.sync('sync_students', [{ rows: STAYS }, { fails: 'Gone.' }], day(10));
    const ofSite = await centre.stage('sync_students', [{ rows: STAYS }], '02');
    await centre.reconcile(ofSite, day(11));
    expect(await absences()).toEqual(before);
    expect(await learners(STAYS, 12)).toMatchObject({ counts: { suspended: 1 } });
  });

  it('when a guard held their absence from the first', async () => {
    const many = Array.from({ length: 30 }, (_, index) => person(`4${index}`));
    await learners([...many, ...STAYS], 0);
    const held = await learners(STAYS, 1);
    expect(held).toMatchObject({ state: 'held', counts: { suspended: 0 } });
    expect(held.holdReason).toBe(
      'Removals are held back. 30 of 32 active learners would be suspended; the guard allows 20.',
    );
    expect(await absences()).toEqual([]);
    const warrant = { by: 'cli:anna', reason: 'Wrong.' };
    await centre.registry.rejectRun(held.id, warrant, new Date());
    expect(await learners(STAYS, 9)).toMatchObject({ state: 'held', counts: { suspended: 0 } });
    expect(await absences()).toEqual([]);
  });

  it('but whoever approves does, at once', async () => {
    const many = Array.from({ length: 30 }, (_, index) => person(`4${index}`));
    await learners([...many, ...STAYS], 0);
    const held = await learners(STAYS, 1);
    const warrant = { by: 'cli:anna', reason: 'The site has closed.' };
    const context = contextOf(day(2), WEEK);
    const approved = await centre.registry.approveRun(held.id, warrant, context);
    expect(approved).toMatchObject({ outcome: 'approved', applied: 30 });
    expect(await absences()).toHaveLength(30);
    expect(await absences()).toContainEqual({
      ...{ code: '40', status: 'suspended', missing_on: day(2), suspended_on: day(2) },
    });
  });
});

describe('the guards', () => {
  const wave = (prefix: string, size: number) =>
    Array.from({ length: size }, (_, index) => person(`${prefix}${index}`));

  it('judge those who are missed and those who are suspended each by themselves', async () => {
    const [first, second, stay] = [wave('1', 18), wave('2', 18), wave('3', 60)];
    await learners([...first, ...second, ...stay], 0);
    await learners([...second, ...stay], 1);
    const run = await learners(stay, 8);
    expect(run).toMatchObject({ state: 'succeeded', counts: { suspended: 18 } });
    expect(await learners(stay, 15)).toMatchObject({ counts: { suspended: 18 } });
  });

  it('count on the run that suspends', async () => {
    const [first, second, stay] = [wave('1', 15), wave('2', 15), wave('3', 60)];
    await learners([...first, ...second, ...stay], 0);
    await learners([...second, ...stay], 1);
    await learners(stay, 2);
    const run = await learners(stay, 9);
    expect(run).toMatchObject({ state: 'held', counts: { suspended: 0 } });
    expect(run.holdReason).toContain('30 of 90 active learners would be suspended');
  });

  it('take a site for emptied when only people in their grace remain', async () => {
    const north = ['1', '2'].map((code) => person(code, { siteCode: 'N' }));
    await learners([...north, ...STAYS], 0);
    await learners([...north.slice(1), ...STAYS], 1);
    const run = await learners(STAYS, 2);
    expect(run).toMatchObject({ state: 'held' });
    expect(run.holdReason).toContain('None of the 1 active learners of site N came back');
  });

  it('take a part for emptied likewise', async () => {
    const inGroup = (code: string) => person(code, { siteCode: 'N', memberships: [place('G1')] });
    const groups = [group('G1', { siteCode: 'N', periodCode: '2026' })];
    await centre.sync('sync_groups', [{ rows: groups }], day(0));
    const scope = { periodCode: '2026', siteCode: 'N' };
    const stays = { rows: [person('9', { siteCode: 'N' })], scope: { siteCode: 'N' } };
    const read = (rows: (typeof LEAVES)[], number: number) =>
      centre.sync('sync_students', [{ rows, scope }, stays], day(number));
    await read([inGroup('1'), inGroup('2')], 0);
    await read([inGroup('2')], 1);
    const run = await read([], 2);
    expect(run.holdReason).toContain('The part period 2026, site N came back empty');
  });

  it('excuse the tutors of learners who are missing', async () => {
    const pupils = wave('1', 30).map((pupil) => ({ ...pupil, memberships: [place('G1')] }));
    const tutors = wave('7', 30).map((tutor, index) => ({
      ...tutor,
      tutorships: [charge(`1${index}`)],
    }));
    const rest = person('99', { tutorships: [charge('9')] });
    const year = [period('2025', '2025-09-01', day(0))];
    await centre.sync('update_caches', [{ reading: 'definitions.period', rows: year }], day(0));
    await centre.sync('sync_groups', [{ rows: [group('G1', { periodCode: '2025' })] }], day(0));
    await learners([...pupils, ...STAYS], 0);
    await centre.sync('sync_tutors', [{ rows: [...tutors, rest] }], day(0));
    expect(await learners(STAYS.slice(1), 1)).toMatchObject({ state: 'succeeded' });
    const run = await centre.sync('sync_tutors', [{ rows: [rest] }], day(1));
    expect(run).toMatchObject({ state: 'succeeded', counts: { suspended: 30 } });
  });
});

it('a dry run says who enters the grace period, and does nothing', async () => {
  await learners([LEAVES, person('2'), ...STAYS], 0);
  await learners([person('2'), ...STAYS], 1);
  const before = await centre.content();
  const dry = await centre.rehearse('sync_students', [{ rows: STAYS }], day(8));
  const plan = await centre.plans.changes(dry.id, { entity: 'user' }, { limit: 10 });
  const announced = plan.items.map(({ ref, kind, after }) => ({ ref, kind, after }));
  expect(announced.toSorted((a, b) => (a.ref < b.ref ? -1 : 1))).toEqual([
    { ref: 'student:1', kind: 'suspended', after: { status: 'suspended' } },
    {
      ref: 'student:2',
      kind: 'missing',
      after: { missing_on: day(8), suspends_on: day(15) },
    },
  ]);
  expect(await centre.content()).toEqual(before);
  expect(await absences()).toMatchObject([{ code: '1', status: 'active' }]);
});

it('parts and their order change nothing', async () => {
  const everybody = [LEAVES, person('2'), person('3'), ...STAYS];
  const days = [everybody, [person('3'), ...STAYS], [LEAVES, ...STAYS]];
  const outcomes = [];
  for (const cut of [1, 3]) {
    await centre.reset();
    centre.setLeaving(WEEK);
    for (const [number, rows] of days.entries()) {
      const ordered = cut === 1 ? rows : rows.toReversed();
      const parts = Array.from({ length: cut }, (_, part) => ({
        rows: ordered.filter((_row, index) => index % cut === part),
      }));
      await centre.sync('sync_students', parts, day(number * 4));
    }
    await learners([LEAVES, ...STAYS], 11);
    outcomes.push([await centre.content(), await absences()]);
  }
  const [one, other] = outcomes.map(([content, absent]) => {
    const { changes, ...registry } = content as { changes: object[] };
    return { absent, registry, changes: changes.map((row) => JSON.stringify(row)).sort() };
  });
  expect(other).toEqual(one);
  expect(one?.absent).toMatchObject([
    { code: '2', status: 'suspended', suspended_on: day(11) },
    { code: '3', status: 'active', missing_on: day(8) },
  ]);
});
