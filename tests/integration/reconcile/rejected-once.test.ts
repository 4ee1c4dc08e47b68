import type { Rejection } from '@passerelle/roster';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Centre, openCentre, type Part } from './centre.js';
import { person } from './people.js';

// A record without a code that several lists hold is one record, known again by what it says.

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const bad = (ordinal: number, digest: string | null, reason = 'missing_field'): Rejection => ({
  ...{ ordinal, code: null, reason, path: 'code', message: 'No code.', digest },
});
const group = (groupCode: string, ...rejected: Rejection[]): Part => ({
  ...{ rows: [person(`in-${groupCode}`)], rejected, scope: { siteCode: '1', groupCode } },
});
const page = (offset: number, ...rejected: Rejection[]): Part => ({
  ...{ rows: [person(`after-${offset}`)], rejected },
  scope: { siteCode: '1', page: { offset, limit: 50, last: offset > 0 } },
});
const places = async () =>
  (await centre.quarantine.listRecords())
    .map(({ groupCode, ordinal }) => `${groupCode ?? 'site'} ${ordinal}`)
    .toSorted();

test('counts once, whatever the order of the lists, and is set aside in the first', async () => {
  const parts = [group('A', bad(3, 'x')), group('B', bad(1, 'x'), bad(2, 'y'))];
  for (const order of [parts, parts.toReversed()]) {
    const run = await centre.sync('sync_students', order);
    expect(run.counts).toMatchObject({ read: 4, rejected: 2 });
    expect(await places()).toEqual(['A 3', 'B 2']);
    await centre.reset();
  }
});

test('counts as often as one list holds its like', async () => {
  const { counts } = await centre.sync('sync_students', [
    ...[group('A', bad(1, 'x'), bad(2, 'x')), group('B', bad(1, 'x'), bad(5, 'x'))],
    group('C', bad(4, 'x')),
  ]);
  expect(counts.rejected).toBe(2);
  expect(await places()).toEqual(['A 1', 'A 2']);
});

test('is told from others by its place in the list, however that was cut', async () => {
  const whole = [bad(1, 'x'), bad(51, 'x'), bad(53, null), bad(3, null)];
  const [first, second] = [page(0, bad(1, 'x'), bad(3, null)), page(50, bad(1, 'x'), bad(3, null))];
  for (const parts of [[{ ...group('A', ...whole), scope: { siteCode: '1' } }], [second, first]]) {
    const run = await centre.sync('sync_students', parts);
    expect(run.counts.rejected).toBe(4);
    expect(await places()).toEqual(['site 1', 'site 3', 'site 51', 'site 53']);
    await centre.reset();
  }
});

test('counts once among records of erased people, and in the guards', async () => {
  const site = (siteCode: string, code: string, ...rejected: Rejection[]): Part => ({
    ...{ rows: [person(code, { siteCode })], rejected, scope: { siteCode } },
  });
  await centre.sync('sync_students', [site('1', 'leaves'), site('2', 'stays')]);
  const erased = bad(7, 'e', 'erased');
  const run = await centre.sync('sync_students', [
    site('1', 'new', bad(2, 'x'), erased),
    site('2', 'stays', bad(2, 'x'), erased),
  ]);
  expect(run).toMatchObject({ state: 'held', counts: { rejected: 2 } });
  expect(run.guards).toContainEqual(expect.objectContaining({ guard: 'anonymous', found: 1 }));
});

test('counts once in plain lists too', async () => {
  const list = (siteCode: string): Part => ({ rejected: [bad(1, 'x')], scope: { siteCode } });
  const run = await centre.sync('sync_groups', [list('1'), list('2')]);
  expect(run.counts.rejected).toBe(1);
});

test('is not set aside once more by a worker that stood still and comes back late', async () => {
  const runId = await centre.stage('sync_students', [group('A', bad(1, 'x'), bad(2, null))]);
  const [done] = await centre.runs.listParts(runId);
  if (done === undefined) throw new Error('no part');
  const rejections = () => centre.runs.listRejections(runId, 10);
  // The part has ended; then it is read again, by another.
  await centre.registry.openStage(runId, done).reject([bad(1, 'x'), bad(2, null)]);
  expect(await rejections()).toHaveLength(2);
  await centre.sql.query(`UPDATE sync_run_parts SET state = 'pending' WHERE run_id = $1`, [runId]);
  const again = await centre.runs.beginPart(runId, 1, new Date());
  expect(again?.attempt).toBe(done.attempt + 1);
  await centre.registry.openStage(runId, done).reject([bad(1, 'x'), bad(2, null)]);
  expect(await rejections()).toEqual([]);
});
