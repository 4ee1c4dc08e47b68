import type { StagedPerson } from '@passerelle/roster';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, contextOf, group, openCentre } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const ANNA = { by: 'cli:anna', reason: 'The site has closed.' };
const DAY = contextOf('2026-10-02');

const learners = (count: number, said: (n: number) => Partial<StagedPerson> = () => ({})) =>
  Array.from({ length: count }, (_, index) => person(String(index + 1), said(index + 1)));
const inGroup = learners(30, () => ({ memberships: [place('G1')] }));
const sync = (rows: StagedPerson[]) => centre.sync('sync_students', [{ rows }]);
/** 25 of 30 are missing: held. */
const hold = async () => {
  await sync(inGroup);
  const run = await sync(inGroup.slice(25));
  expect(run.state).toBe('held');
  return run.id;
};
const approve = (runId: number) => centre.registry.approveRun(runId, ANNA, DAY);
const heldRows = () => centre.rows('SELECT * FROM held_removals');
const suspended = async () => {
  const rows = await centre.rows<{ code: string }>(
    `SELECT code FROM users WHERE status = 'suspended' ORDER BY code::int`,
  );
  return rows.map(({ code }) => Number(code));
};
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('approving a held run', () => {
  it('removes what it held, with its history, and ends it well', async () => {
    const runId = await hold();
    expect(await approve(runId)).toMatchObject({
      outcome: 'approved',
      ...{ applied: 50, leftOut: 0 },
      run: {
        state: 'succeeded',
        holdReason: null,
        counts: { suspended: 25 },
        links: { removed: 25 },
        guards: [{ guard: 'removals' }, { guard: 'removals' }],
        decision: ANNA,
      },
    });
    expect(await suspended()).toEqual(numbers(1, 25));
    const changes = await centre.rows(
      `SELECT entity, kind, actor, count(*)::int AS count FROM changes
        WHERE run_id = $1 GROUP BY 1, 2, 3 ORDER BY 1`,
      runId,
    );
    expect(changes).toEqual([
      { entity: 'membership', kind: 'removed', actor: 'cli:anna', count: 25 },
      { entity: 'user', kind: 'suspended', actor: 'cli:anna', count: 25 },
    ]);
    expect(
      await centre.rows('SELECT actor, action, entity, entity_id, reason FROM audit_events'),
    ).toEqual([
      {
        ...{ actor: 'cli:anna', action: 'run.approved', entity: 'run' },
        ...{ entity_id: String(runId), reason: ANNA.reason },
      },
    ]);
    expect(await heldRows()).toEqual([]);
    // The same as if nothing had been held.
    expect(await sync(inGroup.slice(25))).toMatchObject({
      state: 'succeeded',
      counts: { unchanged: 5, suspended: 0 },
    });
  });

  it('removes once when two approve at the same time', async () => {
    const runId = await hold();
    const outcomes = await Promise.all([approve(runId), approve(runId)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['approved', 'not_held']);
    const changes = await centre.rows(`SELECT FROM changes WHERE actor IS NOT NULL`);
    expect(changes).toHaveLength(50);
    expect(await centre.rows('SELECT FROM audit_events')).toHaveLength(1);
  });

  it('either approves or rejects when both are asked for at the same time', async () => {
    const runId = await hold();
    const [approved, rejected] = await Promise.all([
      approve(runId),
      centre.registry.rejectRun(runId, ANNA, new Date()),
    ]);
    const wasApproved = approved.outcome === 'approved';
    expect(rejected.outcome).toBe(wasApproved ? 'not_held' : 'rejected');
    expect(await suspended()).toHaveLength(wasApproved ? 25 : 0);
  });

  it('leaves out whoever a later run that was not complete has seen', async () => {
    const runId = await hold();
    const partial = await centre.sync('sync_students', [
      { rows: inGroup.slice(0, 10) },
      { fails: 'The server answered 502.' },
    ]);
    expect(partial.state).toBe('partial');
    expect(await approve(runId)).toMatchObject({ applied: 30, leftOut: 0 });
    expect(await suspended()).toEqual(numbers(11, 25));
  });

  it('keeps the links that a later run has seen, and drops the others', async () => {
    const two = learners(30, () => ({ memberships: [place('G1'), place('G2')] }));
    await sync(two);
    const one = learners(30, () => ({ memberships: [place('G1')] }));
    const run = await sync(one);
    expect(run).toMatchObject({ state: 'held', links: { removed: 0 } });
    await centre.sync('sync_students', [
      { rows: [...two.slice(0, 10), ...one.slice(10, 20)] },
      { fails: 'The server answered 502.' },
    ]);
    expect(await approve(run.id)).toMatchObject({ run: { links: { removed: 20 } } });
    expect(await centre.rows('SELECT FROM memberships WHERE removed_at IS NULL')).toHaveLength(40);
  });

  it('leaves out whoever was changed by another hand, with their links', async () => {
    const runId = await hold();
    await centre.sql.query(`UPDATE users SET content_hash = 'another' WHERE code IN ('1', '2')`);
    await centre.sql.query(`UPDATE users SET status = 'suspended' WHERE code = '3'`);
    expect(await approve(runId)).toMatchObject({ applied: 44, leftOut: 6 });
    expect(await suspended()).toEqual(numbers(3, 25));
    const kept = await centre.rows('SELECT FROM memberships WHERE removed_at IS NULL');
    expect(kept).toHaveLength(8);
  });

  it('is refused when nothing of it fits any more', async () => {
    const runId = await hold();
    await centre.sql.query(`UPDATE users SET content_hash = 'another'`);
    expect(await approve(runId)).toMatchObject({
      outcome: 'superseded',
      run: { state: 'partial', errorKind: 'superseded' },
    });
    expect(await suspended()).toEqual([]);
  });

  it('suspends groups, and their memberships count no more', async () => {
    const groups = Array.from({ length: 30 }, (_, n) => group(`G${n + 1}`));
    await centre.sync('sync_groups', [{ rows: groups }]);
    await sync(inGroup);
    const run = await centre.sync('sync_groups', [{ rows: groups.slice(25) }]);
    expect(await approve(run.id)).toMatchObject({
      ...{ applied: 25, leftOut: 0 },
      run: { state: 'succeeded', counts: { suspended: 25 } },
    });
    expect(await centre.rows('SELECT FROM memberships WHERE active')).toHaveLength(0);
  });

  it('suspends learners, and tutorships of them count no more', async () => {
    await sync(inGroup);
    const tutors = [person('T1', { tutorships: [charge('1'), charge('30')] })];
    await centre.sync('sync_tutors', [{ rows: tutors }]);
    const run = await sync(inGroup.slice(25));
    await approve(run.id);
    expect(await centre.rows('SELECT student_code FROM tutorships WHERE active')).toEqual([
      { student_code: '30' },
    ]);
  });

  it('acknowledges a run that holds nothing', async () => {
    await sync(learners(60));
    const run = await sync(learners(60, () => ({ email: 'zoe@mail.example' })));
    expect(run.state).toBe('held');
    expect(await approve(run.id)).toMatchObject({ applied: 0, run: { state: 'succeeded' } });
  });

  it('leaves everything as it was when it dies on the way', async () => {
    const runId = await hold();
    const before = await centre.content();
    await centre.sql.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE TRIGGER die AFTER INSERT ON audit_events EXECUTE FUNCTION die()`);
    await expect(approve(runId)).rejects.toThrow(/The database cannot be reached/);
    await centre.sql.query('DROP FUNCTION die CASCADE');
    expect(await centre.content()).toEqual(before);
    expect(await approve(runId)).toMatchObject({ applied: 50 });
  });
});

describe('approving while a complete run is applied', () => {
  it('ends with what the newer run says, whichever comes first', async () => {
    const runId = await hold();
    const newer = await centre.stage('sync_students', [{ rows: inGroup }]);
    const [approved, first] = await Promise.all([approve(runId), centre.reconcile(newer)]);
    expect(['approved', 'not_held']).toContain(approved.outcome);
    if (first.outcome === 'restage') {
      // It was staged when those who are suspended now were known word for word.
      await centre.stagePart(newer, 1, { rows: inGroup });
      expect(await centre.reconcile(newer)).toMatchObject({ outcome: 'applied' });
    }
    expect(await suspended()).toEqual([]);
    expect(await centre.rows('SELECT FROM memberships WHERE removed_at IS NULL')).toHaveLength(30);
    expect(await heldRows()).toEqual([]);
  });
});

describe('rejecting a held run', () => {
  it('drops what it held, and says who and why', async () => {
    const runId = await hold();
    expect(await centre.registry.rejectRun(runId, ANNA, new Date())).toMatchObject({
      outcome: 'rejected',
      dropped: 50,
      run: {
        state: 'partial',
        errorKind: 'rejected',
        error: 'cli:anna rejected the removals of this run: The site has closed.',
        holdReason: null,
      },
    });
    expect(await heldRows()).toEqual([]);
    expect(await suspended()).toEqual([]);
    expect(await approve(runId)).toMatchObject({ outcome: 'not_held' });
    expect(await centre.rows('SELECT action FROM audit_events')).toEqual([
      { action: 'run.rejected' },
    ]);
  });

  it('is only possible of a run that waits for it', async () => {
    const run = await sync(inGroup);
    expect(await centre.registry.rejectRun(run.id, ANNA, new Date())).toMatchObject({
      outcome: 'not_held',
      run: { state: 'succeeded' },
    });
    expect(await approve(999)).toEqual({ outcome: 'not_held', run: null });
  });
});

describe('a held run', () => {
  it('is superseded by a newer complete one, which may itself be held', async () => {
    const first = await hold();
    const second = await sync(inGroup.slice(24));
    expect(second.state).toBe('held');
    expect(await centre.runs.getRun(first)).toMatchObject({
      ...{ state: 'partial', errorKind: 'superseded', holdReason: null },
      error: `Run ${second.id} has read everything since and decides for itself; the removals that this run held were dropped.`,
    });
    expect(await approve(first)).toMatchObject({ outcome: 'not_held' });
    await sync(inGroup);
    expect(await centre.runs.getRun(second.id)).toMatchObject({ errorKind: 'superseded' });
    expect(await heldRows()).toEqual([]);
    expect(await suspended()).toEqual([]);
  });

  it('is not superseded by a run of a site, of another task, or one that failed', async () => {
    const runId = await hold();
    await centre.sync('sync_teachers', [{ rows: [person('9')] }]);
    await centre.sync('sync_students', [{ fails: 'The server answered 502.' }]);
    const ofSite = await centre.stage('sync_students', [{ rows: inGroup.slice(29) }], '02');
    await centre.reconcile(ofSite);
    expect(await centre.runs.getRun(runId)).toMatchObject({ state: 'held' });
    expect(await approve(runId)).toMatchObject({ applied: 50, leftOut: 0 });
  });
});

describe('a run of one person', () => {
  const [first = person('1')] = inGroup;

  it('supersedes no held run, and does not outdate it', async () => {
    const runId = await hold();
    const own = await centre.syncLearner('30', [{ rows: inGroup.slice(29) }]);
    expect(own).toMatchObject({ state: 'succeeded', counts: { read: 1, suspended: 0 } });
    expect(await centre.runs.getRun(runId)).toMatchObject({ state: 'held' });
    expect(await approve(runId)).toMatchObject({ outcome: 'approved', applied: 50 });
  });

  it('releases only who was seen', async () => {
    const runId = await hold();
    await centre.syncLearner('1', [{ rows: [first] }]);
    expect(await approve(runId)).toMatchObject({ outcome: 'approved', applied: 48 });
    expect(await suspended()).toEqual(numbers(2, 25));
  });

  it('suspends nobody, and is no newer run of the task when they are not found', async () => {
    const runId = await hold();
    const own = await centre.syncLearner('1', [{ rows: [] }]);
    expect(own).toMatchObject({ state: 'failed', errorKind: 'not_found' });
    expect(await suspended()).toEqual([]);
    expect(await approve(runId)).toMatchObject({ outcome: 'approved', applied: 50 });
  });

  it('has its removals held as those of another run, until a complete one supersedes it', async () => {
    await centre.sync('sync_groups', [{ rows: [group('G1')] }]);
    await sync([person('1', { memberships: [place('G1')] })]);
    const own = await centre.syncLearner('1', [{ rows: [person('1')] }]);
    expect(own).toMatchObject({
      state: 'held',
      links: { removed: 0 },
      guards: [{ guard: 'emptied', subject: 'memberships' }],
    });
    expect(await heldRows()).toHaveLength(1);
    await sync([person('1', { memberships: [place('G1')] })]);
    expect(await centre.runs.getRun(own.id)).toMatchObject({ errorKind: 'superseded' });
    expect(await heldRows()).toEqual([]);
  });

  it('is not judged by shares', async () => {
    await centre.setGuards('sync_students', { changed: '50%,from 0', rejected: '5%,from 0' });
    await sync(inGroup);
    const changed = { ...first, firstName: 'Autre', hash: 'other' };
    const own = await centre.syncLearner('1', [{ rows: [changed] }]);
    expect(own).toMatchObject({ state: 'succeeded', counts: { updated: 1 } });
  });
});
