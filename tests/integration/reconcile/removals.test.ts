import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, group, openCentre, rejection } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const statuses = async () => {
  const rows = await centre.rows<{ code: string; status: string }>(
    'SELECT code, status FROM users ORDER BY code',
  );
  return Object.fromEntries(rows.map(({ code, status }) => [code, status]));
};

describe('someone in no part of a complete run', () => {
  it('is suspended, and their links are removed', async () => {
    const gone = person('1', { memberships: [place('G1')] });
    const stays = person('2', { memberships: [place('G2')] });
    await centre.sync('sync_students', [{ rows: [gone, stays] }]);
    const run = await centre.sync('sync_students', [{ rows: [stays] }]);
    expect(run).toMatchObject({
      state: 'succeeded',
      holdReason: null,
      counts: { read: 1, unchanged: 1, suspended: 1 },
      links: { added: 0, removed: 1 },
    });
    expect(await centre.content()).toMatchObject({
      users: [{ status: 'suspended' }, { status: 'active' }],
      memberships: [
        { code: '1', active: false, removed: true },
        { code: '2', removed: false },
      ],
    });
    const again = await centre.sync('sync_students', [{ rows: [stays] }]);
    expect(again.counts).toMatchObject({ unchanged: 1, suspended: 0 });
  });

  it('is not taken for gone while a record of theirs was set aside', async () => {
    const rows = [person('1'), person('2')];
    await centre.sync('sync_students', [{ rows }]);
    const run = await centre.sync('sync_students', [
      { rows: rows.slice(1), rejected: [rejection('1'), rejection('1')] },
    ]);
    expect(run).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, unchanged: 1, suspended: 0, rejected: 1 },
    });
    expect(await statuses()).toEqual({ 1: 'active', 2: 'active' });
  });

  it('keeps the links that a record set aside may have held', async () => {
    const rows = [person('1', { memberships: [place('G1'), place('G2')] })];
    await centre.sync('sync_students', [{ rows }]);
    const one = [person('1', { memberships: [place('G1')] })];
    const run = await centre.sync('sync_students', [{ rows: one, rejected: [rejection('1')] }]);
    expect(run).toMatchObject({ counts: { read: 1, rejected: 0 }, links: { removed: 0 } });
    const clean = await centre.sync('sync_students', [{ rows: one }]);
    expect(clean).toMatchObject({ counts: { updated: 1 }, links: { removed: 1 } });
  });

  it('is held while a record without a code may be theirs', async () => {
    const rows = [person('1'), person('2')];
    await centre.sync('sync_students', [{ rows }]);
    const run = await centre.sync('sync_students', [
      { rows: rows.slice(1), rejected: [rejection(null)] },
    ]);
    expect(run).toMatchObject({ state: 'held', counts: { read: 2, rejected: 1, suspended: 0 } });
    expect(run.holdReason).toBe(
      'Removals are held back. 1 rejected learners had no code and may be among the missing (1 removals).',
    );
  });

  it('is left alone by a run that is limited to a site', async () => {
    const links = { siteCode: '02', memberships: [place('G1'), place('G2')] };
    await centre.sync('sync_students', [{ rows: [person('1', links), person('2')] }]);
    const fewer = person('1', { ...links, memberships: [place('G1')] });
    const runId = await centre.stage('sync_students', [{ rows: [fewer] }], '02');
    expect(await centre.reconcile(runId)).toMatchObject({
      run: { state: 'succeeded', counts: { read: 1, suspended: 0 }, links: { removed: 0 } },
    });
    expect(await statuses()).toEqual({ 1: 'active', 2: 'active' });
  });
});

describe('a run of which a part failed', () => {
  const period = { periodCode: '2026', siteCode: '02' };

  it('adds and updates, removes nothing, and says what is missing', async () => {
    const two = { memberships: [place('G1'), place('G2')] };
    await centre.sync('sync_students', [{ rows: [person('1', two), person('2')] }]);
    const fewer = person('1', { memberships: [place('G1')] });
    const run = await centre.sync('sync_students', [
      { rows: [fewer, person('3')] },
      { fails: 'The server answered 502. Ask for less.', scope: period },
    ]);
    expect(run).toMatchObject({
      state: 'partial',
      errorKind: 'overloaded',
      error:
        '1 of 2 parts could not be read: period 2026, site 02. The server answered 502. Ask for less.',
      counts: { read: 2, created: 1, suspended: 0 },
      links: { removed: 0 },
    });
    expect(await statuses()).toEqual({ 1: 'active', 2: 'active', 3: 'active' });
    // What could not be removed then is, as soon as a run is complete.
    const whole = await centre.sync('sync_students', [{ rows: [fewer, person('2'), person('3')] }]);
    expect(whole).toMatchObject({
      state: 'succeeded',
      counts: { updated: 1, unchanged: 2 },
      links: { removed: 1 },
    });
  });

  it('of which all failed applies nothing', async () => {
    await centre.sync('sync_students', [{ rows: [person('1')] }]);
    const before = await centre.content();
    const run = await centre.sync('sync_students', [{ fails: 'First.' }, { fails: 'Second.' }]);
    expect(run).toMatchObject({
      state: 'failed',
      errorKind: 'overloaded',
      error: 'First.',
      counts: { read: 0, suspended: 0 },
    });
    expect(await centre.content()).toEqual(before);
  });
});

describe('removals are held', () => {
  it('when nobody at all comes back', async () => {
    await centre.sync('sync_students', [{ rows: [person('1'), person('2')] }]);
    const run = await centre.sync('sync_students', [{ rows: [] }]);
    expect(run).toMatchObject({ state: 'held', counts: { read: 0, suspended: 0 } });
    expect(run.holdReason).toBe('Removals are held back. None of the 2 active learners came back.');
    expect(await statuses()).toEqual({ 1: 'active', 2: 'active' });
  });

  it('when nothing was read because nothing was planned', async () => {
    await centre.sync('sync_students', [{ rows: [person('1')] }]);
    expect(await centre.sync('sync_students', [])).toMatchObject({ state: 'held' });
  });

  it('when a site comes back empty, while the additions of the run are applied', async () => {
    const north = [person('1', { siteCode: 'N' }), person('2', { siteCode: 'N' })];
    const south = [person('3', { siteCode: 'S' }), person('4', { siteCode: 'S' })];
    await centre.sync('sync_students', [{ rows: [...north, ...south] }]);
    const run = await centre.sync('sync_students', [
      { rows: [person('3', { siteCode: 'S' }), person('5', { siteCode: 'S' })] },
    ]);
    expect(run).toMatchObject({
      state: 'held',
      holdReason: 'Removals are held back. None of the 2 active learners of site N came back.',
      counts: { read: 2, created: 1, unchanged: 1, suspended: 0 },
    });
    expect(Object.keys(await statuses())).toEqual(['1', '2', '3', '4', '5']);
    expect(Object.values(await statuses())).not.toContain('suspended');
    // One of the site is enough to believe that the others left.
    const believed = await centre.sync('sync_students', [
      { rows: [...north.slice(1), ...south.slice(0, 1)] },
    ]);
    expect(believed).toMatchObject({ state: 'succeeded', counts: { suspended: 3 } });
  });

  it('when a part of a site comes back empty, though others of the site do not', async () => {
    const ofYear = (year: string) => group(`G${year}`, { siteCode: 'N', periodCode: year });
    await centre.sync('sync_groups', [{ rows: [ofYear('2026'), ofYear('2027')] }]);
    const now = person('1', { siteCode: 'N', memberships: [place('G2026')] });
    const next = person('2', { siteCode: 'N', memberships: [place('G2027')] });
    const part = (periodCode: string, rows: (typeof now)[]) => ({
      ...{ scope: { periodCode, siteCode: 'N' }, rows },
    });
    await centre.sync('sync_students', [part('2026', [now]), part('2027', [next])]);
    const run = await centre.sync('sync_students', [part('2026', []), part('2027', [next])]);
    expect(run).toMatchObject({
      state: 'held',
      holdReason:
        'Removals are held back. The part period 2026, site N came back empty, and had 1 active memberships of learners.',
      counts: { suspended: 0 },
    });
    expect(await statuses()).toEqual({ 1: 'active', 2: 'active' });
    // A period that is over is not read any more, and so is no part that came back empty.
    const over = await centre.sync('sync_students', [part('2027', [next])]);
    expect(over).toMatchObject({ state: 'succeeded', counts: { suspended: 1 } });
  });

  it('when the groups of a site lose all memberships that counted', async () => {
    const groups = [group('N1', { siteCode: 'N' }), group('S1', { siteCode: 'S' })];
    await centre.sync('sync_groups', [{ rows: groups }]);
    const stays = person('2', { memberships: [place('S1')] });
    await centre.sync('sync_students', [
      { rows: [person('1', { memberships: [place('N1'), place('S1')] }), stays] },
    ]);
    const fewer = person('1', { memberships: [place('S1')] });
    const run = await centre.sync('sync_students', [{ rows: [fewer, stays] }]);
    expect(run).toMatchObject({ state: 'held', links: { removed: 0 } });
    expect(run.holdReason).toContain(
      'None of the 1 memberships of learners in groups of site N came back.',
    );
    // Held or not, the same difference is seen again the next time.
    const next = await centre.sync('sync_students', [{ rows: [fewer, stays] }]);
    expect(next).toMatchObject({ state: 'held', counts: { updated: 0, unchanged: 2 } });
  });

  it('when all memberships, or all tutorships, fall away', async () => {
    await centre.sync('sync_students', [{ rows: [person('1', { memberships: [place('G1')] })] }]);
    const students = await centre.sync('sync_students', [{ rows: [person('1')] }]);
    expect(students.holdReason).toContain('None of the 1 memberships of learners came back.');
    await centre.sync('sync_tutors', [{ rows: [person('7', { tutorships: [charge('1')] })] }]);
    const tutors = await centre.sync('sync_tutors', [{ rows: [person('7')] }]);
    expect(tutors).toMatchObject({ state: 'held' });
    expect(tutors.holdReason).toContain('None of the 1 tutorships of tutors came back.');
  });
});
