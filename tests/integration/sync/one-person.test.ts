import { describeCentre, parseFault, type UserTruth } from '@passerelle/simulator';
import { createRunRecovery, type Run, requestRun, syncUser } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { expectTruth } from '../../support/truth.js';

eachBackend('one person', (backend) => {
  let cluster: TestCluster;
  let learner: UserTruth;
  let others: UserTruth[];

  beforeAll(async () => {
    cluster = await createCluster(backend, {
      simulator: { centre: { today: '2026-11-20', learners: 60, sites: 2, groups: 6 } },
    });
    const worker = await cluster.startWorker();
    await cluster.runAll();
    await worker.stop();
    const people = describeCentre(cluster.simulator.centre()).users;
    const students = people.filter(
      ({ kind, memberships }) => kind === 'student' && memberships.length === 1,
    );
    const [first, ...rest] = students;
    if (first === undefined) throw new Error('No learner of the centre is in a group.');
    [learner, others] = [first, rest];
  });
  beforeEach(() => cluster.sql.query('DELETE FROM source_calls'));
  afterAll(() => cluster.dispose());

  const sync = async (person: Pick<UserTruth, 'kind' | 'code'> = learner): Promise<Run> => {
    const { kind, code } = person;
    const request = { person: { kind, code }, trigger: 'manual' as const };
    const result = await syncUser(cluster.context, request, new AbortController().signal);
    if (result.outcome !== 'ended') throw new Error(`It was ${result.outcome}.`);
    return result.run;
  };
  const rows = async (text: string, ...values: unknown[]) =>
    (await cluster.sql.query<Record<string, unknown>>(text, values)).rows;
  const spoil = (code: string) =>
    rows(
      `UPDATE users SET first_name = 'Autre', content_hash = 'other', status = 'suspended'
        WHERE kind = 'student' AND code = $1`,
      code,
    );
  const firstNameOf = async (code: string) =>
    (await rows(`SELECT first_name FROM users WHERE kind = 'student' AND code = $1`, code))[0];

  test('is read and applied alone, by their group, beside a run that is under way', async () => {
    const other = others[0]?.code ?? '';
    await Promise.all([spoil(learner.code), spoil(other)]);
    const whole = await requestRun(cluster.context, { task: 'sync_students', trigger: 'manual' });
    await cluster.context.runs.startRun(whole.run.id, [], cluster.clock.now);

    const run = await sync();

    expect(run).toMatchObject({
      ...{ task: 'sync_students', state: 'succeeded', trigger: 'manual', error: null },
      counts: { read: 1, created: 0, updated: 1, suspended: 0, rejected: 0 },
    });
    expect(await firstNameOf(learner.code)).toEqual({ first_name: learner.firstName });
    expect(await firstNameOf(other)).toEqual({ first_name: 'Autre' });
    const calls = await rows('SELECT operation, purpose FROM source_calls');
    expect(calls).toEqual([{ operation: 'getApprenants', purpose: 'onDemand' }]);
    const [part] = await cluster.db.runs.listParts(run.id);
    expect(part).toMatchObject({ groupCode: learner.memberships[0]?.group, state: 'done' });
    expect(await cluster.db.runs.getRun(whole.run.id)).toMatchObject({ state: 'running' });

    await cluster.context.runs.endRun(whole.run.id, 'cancelled', null, cluster.clock.now);
    await sync({ kind: 'student', code: other });
    await expectTruth(cluster.db, cluster.simulator);
  });

  test('of any kind is unchanged when nothing changed', async () => {
    const people = describeCentre(cluster.simulator.centre()).users;
    for (const kind of ['student', 'teacher', 'tutor'] as const) {
      const person = people.find((user) => user.kind === kind);
      if (person === undefined) throw new Error(`There is no ${kind}.`);
      const run = await sync(person);
      expect(run).toMatchObject({
        state: 'succeeded',
        counts: { read: 1, updated: 0, unchanged: 1 },
      });
    }
    await expectTruth(cluster.db, cluster.simulator);
  });

  test('loses what a list that was read no longer holds of them, and nothing else', async () => {
    const own = learner.memberships[0]?.group ?? '';
    const add = (which: string) =>
      rows(
        `INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active)
         SELECT u.id, g.kind, g.code, g.id, 'student', true
           FROM users u, groups g, groups o
          WHERE u.kind = 'student' AND u.code = $1 AND o.code = $2 AND g.code <> o.code
            AND g.status = 'active' AND g.kind = 'initial' AND ${which}
          ORDER BY g.id LIMIT 1 RETURNING group_code`,
        ...[learner.code, own],
      );
    const [read] = await add('g.site_code = o.site_code AND g.period_code = o.period_code');
    // A group whose period nobody reads any more.
    await rows(
      `INSERT INTO groups (kind, code, name, period_code, content_hash)
       VALUES ('initial', 'old', 'Old', '1999', '')`,
    );
    const [unread] = await add(`g.code = 'old'`);
    // A group that comes back with nobody at all.
    await rows(
      `INSERT INTO groups (kind, code, name, period_code, site_code, content_hash)
       SELECT kind, '999999', 'Empty', period_code, site_code, '' FROM groups WHERE code = $1`,
      own,
    );
    const [empty] = await add(`g.code = '999999'`);
    await spoil(learner.code);

    const run = await sync();

    expect(run).toMatchObject({ state: 'succeeded', links: { removed: 1 } });
    const present = await rows(
      `SELECT group_code FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE u.kind = 'student' AND u.code = $1 AND removed_at IS NULL`,
      learner.code,
    );
    const groups = present.map((row) => row['group_code']);
    expect(groups).toEqual(
      expect.arrayContaining([own, unread?.['group_code'], empty?.['group_code']]),
    );
    expect(groups).not.toContain(read?.['group_code']);
    await rows(`DELETE FROM memberships WHERE group_code IN ('old', '999999')`);
    await rows(`DELETE FROM groups WHERE code IN ('old', '999999')`);
  });

  test('who is not where they were is not suspended, and the task knows nothing of it', async () => {
    const before = await cluster.db.tasks.getTask('sync_students');
    const [moved] = others.filter(
      ({ memberships }) => memberships[0]?.group !== learner.memberships[0]?.group,
    );
    await rows('DELETE FROM memberships WHERE removed_at IS NOT NULL');
    // As the registry would know them, had they moved since.
    await rows(
      `UPDATE memberships m SET group_code = g.code, group_id = g.id FROM users u, groups g
        WHERE u.id = m.user_id AND u.kind = 'student' AND u.code = $1 AND g.code = $2`,
      ...[learner.code, moved?.memberships[0]?.group],
    );

    const run = await sync();

    expect(run).toMatchObject({ state: 'failed', errorKind: 'not_found' });
    expect(run.error).toContain(`group ${moved?.memberships[0]?.group}`);
    expect(run.error).toContain('not suspended');
    expect(await rows('SELECT status FROM users WHERE code = $1', learner.code)).toContainEqual({
      status: 'active',
    });
    expect(await cluster.db.tasks.getTask('sync_students')).toEqual(before);
    expect(await rows(`SELECT tablename FROM pg_tables WHERE schemaname = 'staging'`)).toEqual([]);
  });

  test('whose list cannot be read stays as they are', async () => {
    cluster.simulator.control({ faults: [parseFault('http502:1')] });
    const teacher = describeCentre(cluster.simulator.centre()).users.find(
      ({ kind }) => kind === 'teacher',
    );
    const run = await sync(teacher);
    cluster.simulator.control({ faults: [] });
    expect(run.state).toBe('failed');
    expect(run.errorKind).toMatch(/overloaded|resting/);
  });

  test('is read once at a time, and by nobody else when the reader is gone', async () => {
    const { context, clock } = cluster;
    const place = await context.registry.whereabouts(learner);
    const left = { task: 'sync_students', trigger: 'manual', userId: place?.id ?? 0 } as const;
    const { run } = await context.runs.requestRun(left, clock.now);
    const request = { person: learner, trigger: 'manual' as const };
    const { signal } = new AbortController();
    expect(await syncUser(context, request, signal)).toMatchObject({ outcome: 'busy' });

    const recover = createRunRecovery(context);
    await recover();
    expect(await context.runs.getRun(run.id)).toMatchObject({ state: 'queued' });
    const later = { ...context, now: () => new Date(clock.now.getTime() + 700_000) };
    await createRunRecovery(later)();
    expect(await context.runs.getRun(run.id)).toMatchObject({
      ...{ state: 'failed', errorKind: 'interrupted' },
    });
    const nobody = {
      person: { kind: 'student' as const, code: 'nobody' },
      trigger: request.trigger,
    };
    expect(await syncUser(context, nobody, signal)).toEqual({ outcome: 'unknown' });
  });
});
