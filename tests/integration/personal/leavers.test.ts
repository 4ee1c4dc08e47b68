import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Centre, openCentre } from '../reconcile/centre.js';
import { charge, person, place } from '../reconcile/people.js';
import { keepHouse } from './keep-house.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(async () => {
  await centre.reset();
  await centre.sql.query('UPDATE task_definitions SET last_run_at = NULL');
});
afterAll(() => centre.dispose());

const RULES = { graceDays: { student: 0, teacher: 0, tutor: 0 }, eraseAfterDays: 30 };
const SUSPENDED_ON = '2026-10-02';
const DUE_ON = '2026-11-01';
const NOON = new Date(`${DUE_ON}T11:00:00Z`);
const WARRANT = { by: 'cli:anna', reason: 'Ill.' };
const LEARNER = { of: 'user', kind: 'student', code: '1' } as const;

const LEAVES = person('1', { memberships: [place('G1')] });
const STAYS = [person('8', { memberships: [place('G1')] })];
const TUTORS = [person('7', { tutorships: [charge('1'), charge('8')] })];

/** Somebody who has left, and their tutor, whose record still names them. */
async function leave(): Promise<void> {
  await centre.sync('sync_students', [{ rows: [LEAVES, ...STAYS] }]);
  await centre.sync('sync_tutors', [{ rows: TUTORS }]);
  await centre.sync('sync_students', [{ rows: STAYS }], SUSPENDED_ON);
}

const keep = (now = NOON, leaving = RULES) => keepHouse(centre, now, { leaving });
const readWell = (day = DUE_ON) =>
  centre.tasks.recordSuccess('sync_students', new Date(`${day}T01:30:00Z`));
const codes = async () => {
  const rows = await centre.rows<{ code: string }>(
    `SELECT code FROM users WHERE kind = 'student' ORDER BY code`,
  );
  return rows.map(({ code }) => code);
};

it('erases who has been suspended for so long, with all that is kept on them', async () => {
  await leave();
  await readWell('2026-10-31');
  await keep();
  expect(await codes()).toEqual(['1', '8']);
  await readWell();
  await keep();
  expect(await codes()).toEqual(['8']);
  const left = await centre.rows(
    `SELECT FROM changes WHERE before ->> 'code' = '1' OR after ->> 'code' = '1'`,
  );
  expect(left).toEqual([]);
  expect(await centre.rows(`SELECT student_code FROM tutorships`)).toEqual([{ student_code: '8' }]);
  expect(await centre.rows(`SELECT actor, action, reason FROM audit_events ORDER BY id`)).toEqual([
    {
      ...{ actor: 'retention', action: 'user.erased' },
      reason: 'Suspended for 30 days (PASSERELLE_ERASE_AFTER_DAYS).',
    },
  ]);
});

it('leaves no tombstone: who comes back is created again, with their tutor', async () => {
  await leave();
  await readWell();
  await keep();
  expect(await centre.rows('SELECT FROM erased_users')).toEqual([]);
  const back = await centre.sync('sync_students', [{ rows: [LEAVES, ...STAYS] }], '2026-11-20');
  expect(back).toMatchObject({ counts: { created: 1, rejected: 0 } });
  await centre.sync('sync_tutors', [{ rows: TUTORS }], '2026-11-20');
  expect(
    await centre.rows(`SELECT student_code, active FROM tutorships ORDER BY student_code`),
  ).toEqual([
    { student_code: '1', active: true },
    { student_code: '8', active: true },
  ]);
});

it('counts the days in the centre’s time zone', async () => {
  await leave();
  await readWell();
  const lastMinute = new Date('2026-10-31T22:59:00Z');
  await keep(lastMinute);
  expect(await codes()).toEqual(['1', '8']);
  await keep(new Date('2026-10-31T23:01:00Z'));
  expect(await codes()).toEqual(['8']);
});

it('erases nobody by default, nor by time alone', async () => {
  await leave();
  await keep(); // no good run is known
  await readWell();
  await keepHouse(centre, NOON);
  expect(await codes()).toEqual(['1', '8']);
});

it('spares who is protected, or has come back', async () => {
  await leave();
  await readWell();
  await centre.protections.protect(LEARNER, WARRANT, NOON);
  await keep();
  expect(await codes()).toEqual(['1', '8']);
  await centre.protections.unprotect(LEARNER, WARRANT, NOON);
  await centre.sync('sync_students', [{ rows: [LEAVES, ...STAYS] }], DUE_ON);
  await keep();
  expect(await codes()).toEqual(['1', '8']);
});

it('waits while a run may have found them', async () => {
  await leave();
  await readWell();
  const runId = await centre.stage('sync_students', [{ rows: [LEAVES, ...STAYS] }]);
  await keep();
  expect(await codes()).toEqual(['1', '8']);
  await centre.reconcile(runId, DUE_ON);
  await keep();
  expect(await codes()).toEqual(['1', '8']);
});

it('does not wait for a reconciling', async () => {
  await leave();
  await readWell();
  const other = await centre.sql.connect();
  try {
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(7276301)');
    await keep();
    expect(await codes()).toEqual(['1', '8']);
  } finally {
    await other.query('ROLLBACK');
    other.release();
  }
  await keep();
  expect(await codes()).toEqual(['8']);
});

it('takes a bounded number at a time', async () => {
  await centre.sql.query(
    `INSERT INTO users (kind, code, last_name, first_name, content_hash, search_name,
                        search_first_name, status, missing_on, suspended_on)
     SELECT 'student', n, 'Nom', 'Zoé', '', '', '', 'suspended', $1, $1
       FROM generate_series(1, 25) n`,
    [SUSPENDED_ON],
  );
  const due = { student: SUSPENDED_ON, teacher: null, tutor: null };
  const erase = () => centre.personal.eraseLeavers(due, 'Left.', NOON);
  expect(await erase()).toEqual({ erased: 20, more: true });
  expect(await erase()).toEqual({ erased: 5, more: false });
});
