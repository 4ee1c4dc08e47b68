import { CANARY_MARK, describeCentre, type UserTruth } from '@passerelle/simulator';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dumpRedis, dumpTables } from '../../e2e/dumps.js';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { expectTruth } from '../../support/truth.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const WARRANT = { by: 'cli:test', reason: 'They asked for it.' };

/** Seven tasks, on a busy machine. */
const A_DAY_MS = 90_000;

eachBackend('erasing a marked person', (backend) => {
  let cluster: TestCluster;
  let learner: UserTruth;
  const log: string[] = [];

  beforeAll(async () => {
    cluster = await createCluster(backend, {
      simulator: { centre: { today: '2026-11-20', learners: 60, canary: true } },
      onLog: (line) => log.push(line),
    });
    await cluster.startWorker();
    await cluster.runAll();
    const people = describeCentre(cluster.simulator.centre()).users;
    const chosen = people.find(
      ({ kind, tutors, memberships }) =>
        kind === 'student' && tutors.length > 0 && memberships.length > 0,
    );
    if (chosen === undefined) throw new Error('No learner of the centre has a tutor.');
    learner = chosen;
    // Their record comes in full again, and a change of it goes into the history.
    await cluster.sql.query(
      `UPDATE users SET first_name = 'Autre', content_hash = 'unfinished' WHERE code = $1`,
      [learner.code],
    );
    await cluster.run('sync_students');
  }, A_DAY_MS);
  afterAll(() => cluster.dispose());

  /** Where the person's code or mark stands, in all that is kept or was logged. */
  const traces = async (): Promise<string[]> => {
    const queue =
      backend.kind === 'redis'
        ? await dumpRedis(backend.choice.url)
        : await dumpDatabase(backend.choice.url);
    const database = await dumpDatabase(String(cluster.sql.options.connectionString));
    const mark = new RegExp(`${CANARY_MARK}\\w+`).exec(learner.lastName)?.[0] ?? 'none';
    const pattern = new RegExp(`.{0,80}(?:${learner.code}|${mark}(?![0-9a-z])).{0,20}`, 'gi');
    const texts = [database, queue, log.join('\n')];
    expect(texts.every((text) => text.length > 500)).toBe(true);
    return texts.flatMap((text) => text.match(pattern) ?? []);
  };

  test('exports everything that is kept on them', async () => {
    const { kind, code } = learner;
    const kept = await cluster.db.personal.exportUser({ kind, code }, { by: 'cli:test' }, NOW);
    const { users = [], memberships = [], tutorships = [], changes = [] } = kept?.tables ?? {};
    expect(users).toMatchObject([{ code, last_name: learner.lastName, email: learner.email }]);
    expect(memberships.length).toBeGreaterThanOrEqual(learner.memberships.length);
    expect(tutorships.length).toBeGreaterThanOrEqual(learner.tutors.length);
    expect(changes).toContainEqual(
      expect.objectContaining({ entity: 'user', before: { first_name: 'Autre' } }),
    );
    expect(changes).toContainEqual(expect.objectContaining({ entity: 'tutorship' }));
    const unknown = { kind, code: '999999999' };
    expect(await cluster.db.personal.exportUser(unknown, { by: 'cli:test' }, NOW)).toBeNull();
  });

  test('leaves nothing of them in any table, queue or log', async () => {
    const { kind, code } = learner;
    expect((await traces()).length).toBeGreaterThan(5);
    const before = await cluster.sql.query<{ id: number }>(
      'SELECT id FROM users WHERE kind = $1 AND code = $2',
      [kind, code],
    );
    const id = before.rows[0]?.id ?? 0;
    await cluster.sql.query(
      `INSERT INTO outbox (target, entity, entity_id, operation) VALUES ('moodle', 'user', $1, 'delete')`,
      [id],
    );
    await cluster.sql.query(
      `INSERT INTO audit_events (actor, action, entity, entity_id, after)
       VALUES ('cli:test', 'user.changed', 'user', $1, $2)`,
      [String(id), { email: learner.email, code }],
    );

    const preview = await cluster.db.personal.previewErasure({ kind, code });
    const erasure = await cluster.db.personal.eraseUser({ id }, WARRANT, NOW);

    expect(erasure).toEqual(preview);
    expect(erasure).toMatchObject({ kind, code, userId: id, rows: { users: 1 } });
    expect(await traces()).toEqual([]);
    // What must still be told, and what was done, points to them by id.
    const rows = async (sql: string) => (await cluster.sql.query(sql, [String(id)])).rows;
    expect(await rows('SELECT operation FROM outbox WHERE entity_id = $1::int')).toHaveLength(1);
    const audit = await rows('SELECT action FROM audit_events WHERE entity_id = $1 ORDER BY id');
    expect(audit.map(({ action }) => action)).toEqual([
      ...['user.exported', 'user.changed', 'user.erased'],
    ]);
    expect(await cluster.db.personal.eraseUser({ id }, WARRANT, NOW)).toBeNull();
  });

  test('sets their records aside in the runs that follow', { timeout: A_DAY_MS }, async () => {
    // Every tutor's record comes in full, with the erased learner in it.
    await cluster.sql.query(`UPDATE users SET content_hash = 'other' WHERE kind = 'tutor'`);
    const runs = await cluster.runAll();

    expect(runs.map(({ state }) => state)).toEqual(Array(7).fill('succeeded'));
    const students = runs.find(({ task }) => task === 'sync_students');
    expect(students?.counts).toMatchObject({ created: 0, suspended: 0 });
    const rejections = await cluster.db.runs.listRejections(students?.id ?? 0, 10);
    expect(rejections.length).toBeGreaterThan(0);
    expect(students?.counts.rejected).toBe(rejections.length);
    for (const rejection of rejections) {
      expect(rejection).toMatchObject({ reason: 'erased', code: null });
    }
    expect(await traces()).toEqual([]);
  });

  test('takes them up again, as they are, once they are allowed', {
    timeout: A_DAY_MS,
  }, async () => {
    const { kind, code } = learner;
    expect(await cluster.db.personal.allowUser({ kind, code }, WARRANT, NOW)).toBe(true);
    expect(await cluster.db.personal.allowUser({ kind, code }, WARRANT, NOW)).toBe(false);
    await cluster.runAll();
    await expectTruth(cluster.db, cluster.simulator);
    expect((await traces()).length).toBeGreaterThan(5);
  });
});

/** Every row of every table of every schema. */
async function dumpDatabase(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`,
    );
    const texts = [];
    for (const { name } of rows) texts.push(await dumpTables(client, name));
    return texts.join('\n');
  } finally {
    await client.end();
  }
}
