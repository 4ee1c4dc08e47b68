import type { Rejection } from '@passerelle/roster';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, openCentre, site } from './centre.js';
import { person } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const bad = (code: string | null, said: Partial<Rejection> = {}): Rejection => ({
  ...{ ordinal: 1, code, reason: 'bad_date', path: 'birthDate', message: 'That is no date.' },
  ...said,
});
const people = (...codes: string[]) => codes.map((code) => person(code));
const listed = async () =>
  (await centre.quarantine.listRecords()).map(({ code, reason, times }) => ({
    ...{ code, reason, times },
  }));

describe('a record that is set aside', () => {
  it('is listed with its reason, how often and since when', async () => {
    await centre.sync('sync_students', [{ rows: people('1'), rejected: [bad('2')] }], '2026-10-01');
    const again = [bad('2', { reason: 'missing_field', path: 'lastName', message: 'No name.' })];
    const run = await centre.sync(
      'sync_students',
      [{ rows: people('1'), rejected: again, scope: { periodCode: '2026', siteCode: '1' } }],
      '2026-10-03',
    );
    expect(await centre.quarantine.listRecords()).toEqual([
      {
        ...{ reading: 'students', code: '2', periodCode: '2026', siteCode: '1', groupCode: null },
        ...{ ordinal: 1, reason: 'missing_field', path: 'lastName', message: 'No name.', times: 2 },
        since: new Date('2026-10-01T02:30:00Z'),
        lastSeenAt: new Date('2026-10-03T02:30:00Z'),
        runId: run.id,
      },
    ]);
  });

  it('disappears when it comes back in order, or is gone from a complete answer', async () => {
    await centre.sync('sync_students', [
      { rows: people('1'), rejected: [bad('2'), bad('3'), bad(null, { ordinal: 4 })] },
    ]);
    expect(await listed()).toHaveLength(3);
    await centre.sync('sync_students', [{ rows: people('1', '2'), rejected: [bad('3')] }]);
    expect(await listed()).toEqual([{ code: '3', reason: 'bad_date', times: 2 }]);
    await centre.sync('sync_students', [{ rows: people('1', '2') }]);
    expect(await listed()).toEqual([]);
  });

  it('is as it was after a dry run', async () => {
    await centre.sync('sync_students', [{ rows: people('1'), rejected: [bad('2')] }]);
    await centre.rehearse('sync_students', [{ rows: people('1', '2'), rejected: [bad('3')] }]);
    expect(await listed()).toEqual([{ code: '2', reason: 'bad_date', times: 1 }]);
  });

  it('stays after a run that left something out, unless it was read in order', async () => {
    await centre.sync('sync_students', [
      { rows: people('1'), rejected: [bad('2'), bad('3'), bad(null, { ordinal: 4 })] },
    ]);
    await centre.sync('sync_students', [{ rows: people('1', '2') }, { fails: 'Answers 502.' }]);
    expect((await listed()).map(({ code }) => code)).toEqual(['3', null]);
  });

  it('stays if another record of the same person is in order', async () => {
    const both = [{ rows: people('1', '2') }, { rejected: [bad('2')] }];
    await centre.sync('sync_students', both);
    await centre.sync('sync_students', both);
    expect(await listed()).toEqual([{ code: '2', reason: 'bad_date', times: 2 }]);
  });

  it('is not listed for an erasure, and goes with the erasure of its person', async () => {
    const rejected = [bad('2'), bad('3'), bad(null, { reason: 'erased' })];
    await centre.sync('sync_students', [{ rows: people('1'), rejected }]);
    expect((await listed()).map(({ code }) => code)).toEqual(['2', '3']);
    const warrant = { by: 'cli:test', reason: 'They asked for it.' };
    await centre.personal.eraseUser({ kind: 'student', code: '3' }, warrant, new Date());
    expect((await listed()).map(({ code }) => code)).toEqual(['2']);
  });

  it('belongs to its own list', async () => {
    await centre.sync('sync_students', [{ rows: people('1'), rejected: [bad('2')] }]);
    await centre.sync('sync_sites', [{ rows: [site('2')], rejected: [bad('1')] }]);
    await centre.sync('sync_teachers', [{ rows: people('2') }]);
    expect((await centre.quarantine.listRecords()).map(({ reading }) => reading)).toEqual([
      ...['sites', 'students'],
    ]);
  });
});

describe('people who share', () => {
  it('a login or an address are one group each, suspended ones apart', async () => {
    const sharing = { login: 'zoe', email: 'zoe@mail.example' };
    await centre.sync('sync_students', [
      { rows: [person('10', sharing), person('9', { login: 'zoe' }), person('8', sharing)] },
    ]);
    await centre.sync('sync_teachers', [{ rows: [person('3', { email: 'a@mail.example' })] }]);
    await centre.sync('sync_tutors', [{ rows: [person('3', { email: 'a@mail.example' })] }]);
    await centre.sql.query(`UPDATE users SET status = 'suspended' WHERE code = '8'`);

    expect(await centre.quarantine.listSharers()).toEqual([
      {
        shares: [{ by: 'login', value: 'zoe' }],
        people: [
          { kind: 'student', code: '9' },
          { kind: 'student', code: '10' },
        ],
        isSamePerson: false,
      },
      {
        shares: [{ by: 'email', value: 'a@mail.example' }],
        people: [
          { kind: 'teacher', code: '3' },
          { kind: 'tutor', code: '3' },
        ],
        isSamePerson: true,
      },
    ]);
  });
});
