import { TASK_NAMES } from '@passerelle/roster';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW, openTestDatabase } from './open-test-database.js';

let db: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.dispose());

const fields = { minute: '5', hour: '4', day: '*', month: '*', weekday: '*' };
const LATER = new Date('2026-10-02T00:00:00Z');

test('the seven tasks are seeded with their defaults and next dates', async () => {
  const tasks = await db.tasks.listTasks();

  expect(tasks.map(({ name }) => name)).toEqual(TASK_NAMES);
  expect(await db.tasks.getTask('sync_students')).toEqual({
    name: 'sync_students',
    component: 'Connecteur Net YParéo',
    minute: '30',
    hour: '2',
    day: '*',
    month: '*',
    weekday: '*',
    disabled: false,
    customised: false,
    lastRunAt: null,
    nextRunAt: new Date('2026-10-01T00:30:00Z'),
    failDelaySeconds: 0,
    retryAt: null,
    guards: {},
  });
});

test('guards are kept until others are given', async () => {
  const change = { fields, disabled: false, customised: true, nextRunAt: null };
  const guards = { removals: '30,10%', rejected: 'off' };
  await db.tasks.saveTask('sync_pdgroups', { ...change, guards }, NOW);
  expect(await db.tasks.saveTask('sync_pdgroups', change, NOW)).toMatchObject({ guards });
  await db.tasks.saveTask('sync_pdgroups', { ...change, guards: {} }, NOW);
  expect((await db.tasks.getTask('sync_pdgroups'))?.guards).toEqual({});
});

test('seeding again brings back defaults, but not over what was customised', async () => {
  const change = { fields, disabled: true, nextRunAt: null };
  await db.tasks.saveTask('sync_sites', { ...change, customised: true }, NOW);
  await db.tasks.saveTask('sync_groups', { ...change, disabled: false, customised: false }, NOW);

  await db.tasks.seedTasks(LATER, () => LATER);

  expect(await db.tasks.getTask('sync_sites')).toMatchObject({ ...fields, disabled: true });
  expect(await db.tasks.getTask('sync_groups')).toMatchObject({
    minute: '0',
    hour: '2',
    nextRunAt: LATER,
  });
  expect((await db.tasks.getTask('sync_tutors'))?.nextRunAt).not.toEqual(LATER);
});

test('one of several schedulers takes a due date', async () => {
  const due = (await db.tasks.getTask('sync_tutors'))?.nextRunAt ?? null;

  const claims = await Promise.all(
    [1, 2, 3, 4].map(() => db.tasks.claimNextRun('sync_tutors', due, LATER)),
  );

  expect(claims.filter(Boolean)).toHaveLength(1);
  expect((await db.tasks.getTask('sync_tutors'))?.nextRunAt).toEqual(LATER);
  expect(await db.tasks.claimNextRun('sync_tutors', LATER, null)).toBe(true);
  expect(await db.tasks.claimNextRun('sync_tutors', null, LATER)).toBe(true);
});

test('a disabled task gets no next date', async () => {
  await db.tasks.saveTask(
    'sync_sites',
    { fields, disabled: true, customised: true, nextRunAt: null },
    NOW,
  );

  expect(await db.tasks.claimNextRun('sync_sites', null, LATER)).toBe(false);
});

test('a failure is kept with its delay; success clears it', async () => {
  await db.tasks.recordFailure('sync_students', 60, LATER);
  expect(await db.tasks.getTask('sync_students')).toMatchObject({
    failDelaySeconds: 60,
    retryAt: LATER,
    lastRunAt: null,
  });

  await db.tasks.recordSuccess('sync_students', NOW);
  expect(await db.tasks.getTask('sync_students')).toMatchObject({
    failDelaySeconds: 0,
    retryAt: null,
    lastRunAt: NOW,
  });
});

test('members are those seen lately; who is long gone is forgotten', async () => {
  const member = { id: 'a', role: 'worker', host: 'h.example', pid: 12, queue: 'here' };
  const old = new Date(NOW.getTime() - 25 * 3_600_000);
  await db.members.heartbeat({ ...member, id: 'gone' }, old);
  await db.members.heartbeat(member, NOW);
  await db.members.heartbeat(member, LATER);

  expect(await db.members.listMembers(NOW)).toEqual([
    { ...member, vitals: null, startedAt: NOW, seenAt: LATER },
  ]);
  expect(await db.members.listMembers(old)).toHaveLength(1);
  await db.members.leave('a');
  expect(await db.members.listMembers(NOW)).toEqual([]);
});
