import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Centre, openCentre } from '../reconcile/centre.js';
import { person } from '../reconcile/people.js';
import { keepHouse } from './keep-house.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const NOW = new Date('2026-10-01T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const before = (days: number) => {
  const date = daysAgo(days);
  return { runs: date, changes: date, rejected: date, audit: date };
};
const ids = async (sql: string) => (await centre.rows<{ id: number }>(sql)).map(({ id }) => id);

/** Puts a run into the past, with all that it wrote. */
async function age(runId: number, days: number): Promise<void> {
  const at = daysAgo(days);
  await centre.sql.query(
    'UPDATE sync_runs SET queued_at = $2, started_at = $2, ended_at = $2 WHERE id = $1',
    [runId, at],
  );
  await centre.sql.query('UPDATE changes SET at = $2 WHERE run_id = $1', [runId, at]);
  await centre.sql.query('UPDATE rejected_records SET created_at = $2 WHERE run_id = $1', [
    ...[runId, at],
  ]);
}

const bad = { ordinal: 1, code: '9', reason: 'bad_date', path: 'birthDate', message: 'Bad.' };

it('forgets runs, changes and rejected records of their age, and no others', async () => {
  const old = await centre.sync('sync_students', [{ rows: [person('1')], rejected: [bad] }]);
  const recent = await centre.sync('sync_students', [{ rows: [person('2')], rejected: [bad] }]);
  await age(old.id, 10);
  await age(recent.id, 5);

  const trimmed = await centre.retention.trim(before(7));

  expect(trimmed).toEqual({ rows: { runs: 1, changes: 1, rejected: 1, audit: 0 }, more: false });
  expect(await ids('SELECT id FROM sync_runs')).toEqual([recent.id]);
  expect(await ids('SELECT run_id AS id FROM rejected_records')).toEqual([recent.id]);
  expect(await ids('SELECT DISTINCT run_id AS id FROM changes')).toEqual([recent.id]);
  expect(await centre.rows('SELECT code FROM users')).toHaveLength(2);
});

it('keeps the last good run of a task, and what is held or under way', async () => {
  const runs = [];
  for (const codes of [['1'], ['1', '2'], ['1', '2', '3']]) {
    const rows = codes.map((code) => person(code));
    runs.push(await centre.sync('sync_students', [{ rows }]));
  }
  const held = await centre.sync('sync_students', [{ rows: [], rejected: [] }]);
  const [first, good, newer] = runs.map(({ id }) => id);
  for (const run of [...runs, held]) await age(run.id, 100 - run.id);
  await centre.sql.query(`UPDATE sync_runs SET state = 'partial' WHERE id = $1`, [newer]);
  await centre.tasks.recordSuccess('sync_students', daysAgo(100 - (good ?? 0)));
  const active = await centre.stage('sync_students', [{ rows: [] }]);
  await centre.sql.query('UPDATE sync_runs SET queued_at = $2, started_at = $2 WHERE id = $1', [
    ...[active, daysAgo(90)],
  ]);
  expect(held.state).toBe('held');

  const { rows } = await centre.retention.trim(before(7));

  expect(rows.runs).toBe(2);
  expect(await ids('SELECT id FROM sync_runs ORDER BY id')).toEqual([good, held.id, active]);
  expect([first, newer]).not.toContain(good);
});

it('forgets what a dry run announced with its run, and no later than the history', async () => {
  const dry = await centre.rehearse('sync_students', [{ rows: [person('1')] }]);
  const recent = await centre.rehearse('sync_students', [{ rows: [person('1')] }]);
  await age(dry.id, 10);
  const date = daysAgo(7);

  const ofHistory = { ...before(100), changes: date };
  expect(await centre.retention.trim(ofHistory)).toMatchObject({ rows: { runs: 0, changes: 1 } });
  expect(await ids('SELECT run_id AS id FROM planned_changes')).toEqual([recent.id]);
  expect(await centre.retention.trim(before(7))).toMatchObject({ rows: { runs: 1 } });
  await age(recent.id, 10);
  const ofRuns = { ...before(100), runs: date };
  expect(await centre.retention.trim(ofRuns)).toMatchObject({ rows: { runs: 1, changes: 1 } });
  expect(await ids('SELECT id FROM sync_runs')).toEqual([]);
});

it('takes no more than a batch at once', async () => {
  await centre.sql.query(
    `INSERT INTO changes (entity, entity_id, kind, at)
     SELECT 'user', n, 'updated', $1::timestamptz FROM generate_series(1, 5001) n`,
    [daysAgo(10)],
  );
  expect(await centre.retention.trim(before(7))).toMatchObject({
    rows: { changes: 5_000 },
    more: true,
  });
  expect(await centre.retention.trim(before(7))).toMatchObject({
    rows: { changes: 1 },
    more: false,
  });
});

it('forgets by the settings, as part of housekeeping', async () => {
  await centre.sql.query(
    `INSERT INTO audit_events (actor, action, entity, entity_id, occurred_at)
     VALUES ('cli:a', 'x', 'user', '1', $1), ('cli:b', 'x', 'user', '1', $2)`,
    [daysAgo(31), daysAgo(29)],
  );
  await keepHouse(centre, NOW, { days: 30 });
  expect(await centre.rows('SELECT actor FROM audit_events')).toEqual([{ actor: 'cli:b' }]);
});
