import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Centre, contextOf, openCentre } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const NOW = new Date();
const WARRANT = { by: 'cli:test', reason: 'They asked for it.' };
const people = (...codes: string[]) =>
  codes.map((code) => person(code, { memberships: [place('G1')] }));
/** How many rows of which table went. */
const erase = async (kind: 'student' | 'tutor', code: string) => {
  const erasure = await centre.personal.eraseUser({ kind, code }, WARRANT, NOW);
  return typeof erasure === 'string' ? erasure : erasure?.rows;
};

it('takes what a run under way has staged, whose parts are then read again', async () => {
  const runId = await centre.stage('sync_students', [
    { rows: people('1', '2') },
    { rows: people('3') },
  ]);
  expect(await erase('student', '2')).toMatchObject({ staging: 2, users: 0 });
  expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [1] });
  await centre.stagePart(runId, 1, { rows: people('1') });
  expect(await centre.reconcile(runId)).toMatchObject({ run: { counts: { created: 2 } } });
});

it('is known to a run whose reader stages them all the same', async () => {
  const runId = await centre.stage('sync_students', [{ rows: people('1') }, { rows: [] }]);
  await erase('student', '2');
  await centre.sql.query(`UPDATE sync_run_parts SET state = 'pending' WHERE number = 2`);
  await centre.stagePart(runId, 2, { rows: people('2') });
  expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [2] });
  await centre.stagePart(runId, 2, {
    rejected: [{ ordinal: 1, code: '2', reason: 'bad_date', path: 'birthDate', message: 'Bad.' }],
  });
  expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [2] });
  await centre.stagePart(runId, 2, { rows: [] });
  expect(await centre.reconcile(runId)).toMatchObject({ run: { counts: { created: 1 } } });
});

it('holds for a tutor’s charge of an erased learner too', async () => {
  await centre.sync('sync_students', [{ rows: people('1', '2') }]);
  const tutor = person('T', { tutorships: [charge('1'), charge('2')] });
  await centre.sync('sync_tutors', [{ rows: [tutor] }]);
  const runId = await centre.stage('sync_tutors', [{ rows: [{ ...tutor, hash: 'newer' }] }]);
  expect(await erase('student', '2')).toMatchObject({
    ...{ staging: 1, users: 1, memberships: 1, tutorships: 1 },
    // Of the person, the membership and the tutorship; whatever else they have came with it.
    changes: 3,
  });
  expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [1] });
  expect(await centre.rows('SELECT student_code FROM tutorships')).toEqual([{ student_code: '1' }]);
});

it('does not hold removals back, as records of nobody would', async () => {
  await centre.sync('sync_students', [{ rows: people('1', '2', '3') }]);
  const erased = { ordinal: 1, code: null, reason: 'erased', path: '', message: 'Erased.' };
  const run = await centre.sync('sync_students', [{ rows: people('1', '2'), rejected: [erased] }]);
  expect(run).toMatchObject({ state: 'succeeded', counts: { suspended: 1, rejected: 1 } });
});

it('counts for no guard against many rejected records either', async () => {
  const codes = Array.from({ length: 22 }, (_, index) => String(index + 1));
  await centre.sync('sync_students', [{ rows: people(...codes) }]);
  const rejected = Array.from({ length: 4 }, (_, index) => ({
    ...{ ordinal: index + 1, code: null, reason: 'erased', path: '', message: 'Erased.' },
  }));
  const run = await centre.sync('sync_students', [{ rows: people(...codes.slice(1)), rejected }]);
  expect(run).toMatchObject({ state: 'succeeded', counts: { suspended: 1, rejected: 4 } });
});

it('leaves nothing of them in what is held back or was only announced', async () => {
  await centre.sync('sync_students', [{ rows: people('1', '2', '3') }]);
  await centre.rehearse('sync_students', [{ rows: [] }]);
  const held = await centre.sync('sync_students', [{ rows: [] }]);
  expect(held.state).toBe('held');

  expect(await erase('student', '2')).toMatchObject({
    ...{ held_removals: 2, planned_changes: 2 },
  });

  const planned = await centre.rows<{ person: string }>(
    'SELECT DISTINCT person FROM planned_changes ORDER BY 1',
  );
  expect(planned).toEqual([{ person: 'student:1' }, { person: 'student:3' }]);
  expect(await centre.rows('SELECT FROM held_removals')).toHaveLength(4);
  const approval = await centre.registry.approveRun(held.id, WARRANT, contextOf('2026-10-01'));
  expect(approval).toMatchObject({ outcome: 'approved', applied: 4, leftOut: 0 });
});
