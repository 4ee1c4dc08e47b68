import type { RunState, TaskName } from '@passerelle/roster';
import type { BulkRetry, Run } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NOW, openTestDatabase } from './open-test-database.js';

let db: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  db = await openTestDatabase();
});
beforeEach(async () => {
  await db.sql.query('TRUNCATE sync_runs, bulk_retries CASCADE');
});
afterAll(() => db.dispose());

const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);
const author = { by: 'user:42', reason: 'The night of the 502s.', from: null };
const night = { since: minutes(0), until: minutes(60) };

/** A run that ended so many minutes later. */
async function ended(
  task: TaskName,
  state: RunState,
  at: number,
  more: { siteCode?: string; dryRun?: boolean } = {},
): Promise<number> {
  const { run } = await db.runs.requestRun({ task, trigger: 'schedule', ...more }, NOW);
  await end(run, state, at);
  return run.id;
}

async function end({ id }: Pick<Run, 'id'>, state: RunState, at: number): Promise<void> {
  await db.sql.query('UPDATE sync_runs SET state = $2::run_state, ended_at = $3 WHERE id = $1', [
    ...[id, state, minutes(at)],
  ]);
}

/** Everything is read again. */
const advance = (now: Date): Promise<Run[]> =>
  db.bulkRetries.advance(async (run, requestedBy) => {
    const { task, siteCode } = run;
    const site = siteCode === null ? {} : { siteCode };
    return { task, trigger: 'retry', retryOfId: run.id, requestedBy, ...site };
  }, now);
const create = async (): Promise<BulkRetry> =>
  (await db.bulkRetries.create(night, author, minutes(90))).bulkRetry;
const statesOf = ({ runs }: BulkRetry) =>
  Object.fromEntries(runs.map(({ runId, state }) => [runId, state]));
const look = async (id: number): Promise<BulkRetry> => {
  const found = await db.bulkRetries.get(id);
  if (found === null) throw new Error('It is gone.');
  return found;
};

test('what went wrong in the interval is retried, one run after the other', async () => {
  const students = await ended('sync_students', 'failed', 10);
  const teachers = await ended('sync_teachers', 'partial', 20);
  await ended('sync_groups', 'failed', 61);
  await ended('sync_tutors', 'cancelled', 30);
  await ended('sync_tutors', 'failed', 30, { dryRun: true });
  const { id, runs } = await create();
  expect(runs.map(({ runId }) => runId)).toEqual([students, teachers]);

  const [first, ...others] = await advance(minutes(90));
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    ...{ task: 'sync_students', trigger: 'retry', retryOfId: students, requestedBy: author.by },
  });
  expect(await advance(minutes(91))).toEqual([]);
  await end(first as Run, 'succeeded', 95);
  const [second] = await advance(minutes(95));
  expect(second).toMatchObject({ task: 'sync_teachers', retryOfId: teachers });
  await end(second as Run, 'failed', 99);
  expect(await advance(minutes(99))).toEqual([]);

  const done = await look(id);
  expect(done).toMatchObject({ state: 'done', endedAt: minutes(99) });
  expect(done.runs.map(({ retryState }) => retryState)).toEqual(['succeeded', 'failed']);
});

test('of runs of the same task and site the last is retried, and none that was made good', async () => {
  const early = await ended('sync_students', 'failed', 10);
  const late = await ended('sync_students', 'failed', 20);
  const site = await ended('sync_students', 'failed', 5, { siteCode: '2' });
  const mended = await ended('sync_teachers', 'failed', 15);
  await ended('sync_teachers', 'succeeded', 70);
  const { id } = await create();
  const [first] = await advance(minutes(90));

  expect(first).toMatchObject({ retryOfId: late, siteCode: null });
  expect(statesOf(await look(id))).toEqual({
    ...{ [early]: 'superseded', [late]: 'retried', [site]: 'pending', [mended]: 'superseded' },
  });
  await end(first as Run, 'succeeded', 95);
  expect(await advance(minutes(95))).toMatchObject([{ retryOfId: site, siteCode: '2' }]);
});

test('a task that is busy is left for later, and does not keep the others waiting', async () => {
  await ended('sync_students', 'failed', 10);
  const teachers = await ended('sync_teachers', 'failed', 20);
  const { run: busy } = await db.runs.requestRun(
    { task: 'sync_students', trigger: 'manual', siteCode: '2' },
    NOW,
  );
  await create();

  const [first] = await advance(minutes(90));
  expect(first).toMatchObject({ retryOfId: teachers });
  await end(first as Run, 'succeeded', 91);
  expect(await advance(minutes(92))).toEqual([]);
  await end(busy, 'succeeded', 93);
  expect(await advance(minutes(94))).toMatchObject([{ task: 'sync_students' }]);
});

test('many who keep house at once request each run once', async () => {
  await ended('sync_students', 'failed', 10);
  const { id } = await create();
  const all = await Promise.all(Array.from({ length: 8 }, () => advance(minutes(90))));
  expect(all.flat()).toHaveLength(1);
  expect((await look(id)).runs).toMatchObject([
    { state: 'retried', retryRunId: all.flat()[0]?.id },
  ]);
});

test('one that is cancelled retries nothing more; what is under way goes on', async () => {
  await ended('sync_students', 'failed', 10);
  const teachers = await ended('sync_teachers', 'failed', 20);
  const { id } = await create();
  const [first] = await advance(minutes(90));
  const cancelled = await db.bulkRetries.cancel(id, author, minutes(91));

  expect(cancelled).toMatchObject({ state: 'cancelled', endedAt: minutes(91) });
  expect(statesOf(await look(id))[teachers]).toBe('cancelled');
  await end(first as Run, 'succeeded', 92);
  expect(await advance(minutes(92))).toEqual([]);
  expect(await db.bulkRetries.cancel(id, author, minutes(93))).toBeNull();
});

test('an interval in which nothing went wrong is done at once', async () => {
  await ended('sync_students', 'succeeded', 10);
  expect(await create()).toMatchObject({
    ...{ state: 'done', runs: [] },
  });
});

test('they are listed newest first, page by page, and by site', async () => {
  for (let index = 0; index < 3; index += 1) {
    const scope = index === 1 ? { ...night, siteCode: '2' } : night;
    await db.bulkRetries.create(scope, author, minutes(90 + index));
  }
  const first = await db.bulkRetries.list({ limit: 2 });
  expect(first.items.map(({ createdAt }) => createdAt)).toEqual([minutes(92), minutes(91)]);
  const rest = await db.bulkRetries.list({ limit: 2, cursor: first.nextCursor ?? '' });
  expect(rest.items.map(({ createdAt }) => createdAt)).toEqual([minutes(90)]);
  expect(rest.nextCursor).toBeNull();
  const ofSite = await db.bulkRetries.list({ limit: 9, reach: ['2'] });
  expect(ofSite.items.map(({ siteCode }) => siteCode)).toEqual(['2']);
});

test('the same request with the same key is carried out once, however many come with it', async () => {
  const run = await ended('sync_students', 'failed', 10);
  const key = { caller: 'user:42', key: 'k', requestHash: 'one' };
  const ask = (asked = key, at = 90) => db.bulkRetries.create(night, author, minutes(at), asked);
  const all = await Promise.all(Array.from({ length: 6 }, () => ask()));

  expect(new Set(all.map(({ bulkRetry }) => bulkRetry.id)).size).toBe(1);
  expect(all.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
  expect(all.every(({ bulkRetry }) => bulkRetry.runs[0]?.runId === run)).toBe(true);
  expect((await ask({ ...key, requestHash: 'two' })).outcome).toBe('key_reused');
  expect((await ask({ ...key, caller: 'user:7' })).outcome).toBe('created');
  expect((await ask(key, 90 + 48 * 60 + 1)).outcome).toBe('created');
});

test('a run of which nothing is left to be read again is passed over', async () => {
  const made = await ended('sync_students', 'partial', 10);
  const { id } = await create();
  expect(await db.bulkRetries.advance(async () => null, minutes(90))).toEqual([]);
  expect(await look(id)).toMatchObject({
    state: 'done',
    runs: [{ runId: made, state: 'superseded' }],
  });
});
