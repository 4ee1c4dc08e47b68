import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Centre, openCentre, type Part } from '../reconcile/centre.js';
import { person } from '../reconcile/people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const staging = () => centre.rows(`SELECT tablename FROM pg_tables WHERE schemaname = 'staging'`);
const good: Part = { rows: [person('1'), person('2')] };
const bad: Part = { fails: 'NetYParéo answers 502.' };

const ENDS: [string, Part[]][] = [
  ['succeeded', [good]],
  ['partial', [good, bad]],
  ['held', [{ rows: [] }]],
  ['failed', [bad]],
];

it.each(ENDS)('nothing stays staged of a run that ends %s', async (state, parts) => {
  await centre.sync('sync_students', [{ rows: [person('1'), person('2'), person('3')] }]);
  const runId = await centre.stage('sync_students', parts);
  expect(await staging()).toHaveLength(4);
  expect(await centre.reconcile(runId)).toMatchObject({ run: { state } });
  expect(await staging()).toEqual([]);
});

it.each(['failed', 'cancelled'] as const)('nor of one that is ended as %s', async (state) => {
  const runId = await centre.stage('sync_students', [good]);
  const failure = { kind: 'gave_up', sentence: 'It was enqueued too often.' };
  await centre.runs.endRun(runId, state, failure, new Date());
  expect(await staging()).toEqual([]);
});

it('nor of one whose end was written by a server that then crashed', async () => {
  const runId = await centre.stage('sync_students', [good]);
  // As after a crash in which the run's end came from a backup, and its tables did not.
  await centre.sql.query(`UPDATE sync_runs SET state = 'failed' WHERE id = $1`, [runId]);
  expect(await centre.runs.sweepStaging()).toBe(4);
  expect(await staging()).toEqual([]);
});
