import { createDatabase } from '@passerelle/db';
import { type PlannedPart, TASK_NAMES } from '@passerelle/roster';
import type { DueDate, Run } from '@passerelle/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NOW, openTestDatabase } from './open-test-database.js';

let db: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterEach(async () => {
  for (const run of await db.runs.activeRuns()) await db.runs.endRun(run.id, 'failed', null, NOW);
});
afterAll(() => db.dispose());

const sites = { task: 'sync_sites', trigger: 'manual' } as const;
const part: PlannedPart = {
  reading: 'sites',
  periodCode: null,
  siteCode: null,
  groupCode: null,
  page: null,
};

async function request(): Promise<Run> {
  return (await db.runs.requestRun(sites, NOW)).run;
}

async function start(parts = [part]): Promise<Run> {
  const run = await request();
  await db.runs.startRun(run.id, parts, NOW);
  return run;
}

async function stagingTables(run: Run): Promise<number> {
  const { rowCount } = await db.sql.query(
    `SELECT FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE 'run_${run.id}\\_%'`,
  );
  return rowCount ?? 0;
}

describe('requesting', () => {
  test('of many who ask at once one creates the run, the others join it', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => db.runs.requestRun(sites, NOW)),
    );

    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'joined')).toHaveLength(11);
    expect(new Set(outcomes.map(({ run }) => run.id)).size).toBe(1);
  });

  test('many who ask two processes for several tasks each get the run of theirs, told once', async () => {
    const other = createDatabase(db.url, { poolSize: 4, log: { warn: () => {} } });
    const asked = TASK_NAMES.flatMap((task) => [0, 1, 2, 3].map((n) => ({ task, n })));
    const outcomes = await Promise.all(
      asked.map(({ task, n }) => {
        const author = { by: `token:${n + 1}`, reason: `${task} ${n}`, from: '192.0.2.1' };
        const wanted = { task, trigger: 'api', requestedBy: author.by, author } as const;
        return (n % 2 === 0 ? db : other).runs.requestRun(wanted, NOW);
      }),
    );
    await other.close();

    expect(outcomes.map(({ run }) => run.task)).toEqual(asked.map(({ task }) => task));
    const created = asked.filter((_, at) => outcomes[at]?.outcome === 'created');
    expect(created.map(({ task }) => task)).toEqual(TASK_NAMES);
    const { rows: told } = await db.sql.query(
      `SELECT reason FROM audit_events WHERE action = 'run.requested' AND entity_id = ANY($1)`,
      [outcomes.map(({ run }) => String(run.id))],
    );
    const reasons = told.map(({ reason }: { reason: string }) => reason);
    expect(reasons.sort()).toEqual(created.map(({ task, n }) => `${task} ${n}`).sort());
  });

  test.each([
    ['schedule', 'next_run_at', { next: new Date('2026-10-02T00:00:00Z') }],
    ['retry', 'retry_at', {}],
  ])('a date of a %s gives one run, and is moved on with it', async (of, column, more) => {
    const due = { of, at: NOW, ...more } as DueDate;
    await db.sql.query(`UPDATE task_definitions SET ${column} = $1 WHERE name = 'sync_sites'`, [
      NOW,
    ]);
    const ask = () => db.runs.requestDueRun('sync_sites', due, NOW);
    const outcomes = await Promise.all([1, 2, 3, 4].map(ask));
    expect(outcomes.filter((outcome) => outcome !== null)).toMatchObject([
      { outcome: 'created', run: { trigger: 'schedule' } },
    ]);
    const task = await db.tasks.getTask('sync_sites');
    expect(of === 'schedule' ? task?.nextRunAt : task?.retryAt).toEqual(
      of === 'schedule' ? new Date('2026-10-02T00:00:00Z') : null,
    );
    expect(await ask()).toBeNull();
  });

  test('a date stays due when no run could be written', async () => {
    await db.sql.query(`UPDATE task_definitions SET retry_at = $1 WHERE name = 'sync_sites'`, [
      NOW,
    ]);
    await db.sql.query('ALTER TABLE sync_runs ADD CONSTRAINT none CHECK (false) NOT VALID');
    const due = { of: 'retry', at: NOW } as const;
    await expect(db.runs.requestDueRun('sync_sites', due, NOW)).rejects.toThrow(/database/i);
    await db.sql.query('ALTER TABLE sync_runs DROP CONSTRAINT none');
    expect((await db.tasks.getTask('sync_sites'))?.retryAt).toEqual(NOW);
    expect(await db.runs.requestDueRun('sync_sites', due, NOW)).toMatchObject({
      outcome: 'created',
    });
  });

  test('a run under way makes the task busy, and another task not', async () => {
    const run = await start();

    expect(await db.runs.requestRun(sites, NOW)).toMatchObject({
      outcome: 'busy',
      run: { id: run.id, state: 'running' },
    });
    expect((await db.runs.requestRun({ task: 'sync_groups', trigger: 'api' }, NOW)).outcome).toBe(
      'created',
    );
  });

  test('a waiting run of another extent is not joined', async () => {
    await request();

    expect((await db.runs.requestRun({ ...sites, siteCode: 'A' }, NOW)).outcome).toBe('busy');
  });

  test('keeps who asked, why and for what', async () => {
    const first = await request();
    await db.runs.endRun(first.id, 'failed', { kind: 'timeout', sentence: 'Too slow.' }, NOW);
    const { run } = await db.runs.requestRun(
      { ...sites, trigger: 'retry', siteCode: 'A', retryOfId: first.id, requestedBy: 'admin' },
      NOW,
    );

    expect(await db.runs.getRun(run.id)).toEqual({
      ...run,
      task: 'sync_sites',
      state: 'queued',
      trigger: 'retry',
      siteCode: 'A',
      retryOfId: first.id,
      requestedBy: 'admin',
      queuedAt: NOW,
      counts: { read: 0, created: 0, updated: 0, unchanged: 0, suspended: 0, rejected: 0 },
      links: { added: 0, removed: 0 },
    });
  });
});

test('an enqueueing is counted by one of those who expect the same count', async () => {
  const run = await request();

  const counts = await Promise.all([1, 2, 3, 4].map(() => db.runs.claimEnqueue(run.id, 0)));

  expect(counts.filter((count) => count !== null)).toEqual([1]);
  expect(await db.runs.claimEnqueue(run.id, 1)).toBe(2);
  await db.runs.endRun(run.id, 'cancelled', null, NOW);
  expect(await db.runs.claimEnqueue(run.id, 2)).toBeNull();
});

describe('starting', () => {
  test('writes the parts once, whoever starts it again', async () => {
    const run = await request();

    const [first, second] = await Promise.all([
      db.runs.startRun(run.id, [part, { ...part, periodCode: '2026' }], NOW),
      db.runs.startRun(run.id, [part, { ...part, periodCode: '2026' }], NOW),
    ]);

    expect(first).toEqual(second);
    expect(first?.map(({ number, state, attempt }) => ({ number, state, attempt }))).toEqual([
      { number: 1, state: 'pending', attempt: 0 },
      { number: 2, state: 'pending', attempt: 0 },
    ]);
    expect(first?.[1]).toMatchObject({ reading: 'sites', periodCode: '2026' });
    expect(await stagingTables(run)).toBe(2);
    expect(await db.runs.getRun(run.id)).toMatchObject({ state: 'running', startedAt: NOW });
  });

  test('not of a run that has ended', async () => {
    const run = await request();
    await db.runs.endRun(run.id, 'cancelled', null, NOW);

    expect(await db.runs.startRun(run.id, [part], NOW)).toBeNull();
  });
});

describe('parts', () => {
  const figures = { read: 3, staged: 2, rejected: 1, bytes: 5_000_000_000, total: null };

  test('an attempt that was overtaken completes nothing', async () => {
    const run = await start();
    const first = await db.runs.beginPart(run.id, 1, NOW);
    const second = await db.runs.beginPart(run.id, 1, NOW);

    expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
    expect(await db.runs.completePart(run.id, 1, 1, figures, [], NOW)).toBeNull();
    expect(await db.runs.failPart(run.id, 1, 1, { kind: 'x', sentence: 'X.' }, NOW)).toBe(false);
    expect(await db.runs.completePart(run.id, 1, 2, figures, [], NOW)).toEqual([]);
    expect(await db.runs.beginPart(run.id, 1, NOW)).toBeNull();
    expect(await db.runs.listParts(run.id)).toMatchObject([
      { number: 1, state: 'done', attempt: 2, read: 3, rejected: 1, endedAt: NOW },
    ]);
  });

  test('a new attempt removes what the one before staged', async () => {
    const run = await start();
    const first = await db.runs.beginPart(run.id, 1, NOW);
    await db.sql.query(
      `INSERT INTO staging.run_${run.id}_sites (part, attempt, code, hash, name)
       VALUES (1, ${first?.attempt}, 'A', 'h', 'Site A')`,
    );
    await db.runs.beginPart(run.id, 1, NOW);

    const { rowCount } = await db.sql.query(`SELECT FROM staging.run_${run.id}_sites`);
    expect(rowCount).toBe(0);
  });

  test('a failed part is not taken up again', async () => {
    const run = await start();
    const attempt = (await db.runs.beginPart(run.id, 1, NOW))?.attempt ?? 0;
    const failure = { kind: 'overloaded', sentence: 'Raise output_buffering.' };

    expect(await db.runs.failPart(run.id, 1, attempt, failure, NOW)).toBe(true);
    expect(await db.runs.beginPart(run.id, 1, NOW)).toBeNull();
    expect(await db.runs.listParts(run.id)).toMatchObject([
      { state: 'failed', errorKind: 'overloaded', error: 'Raise output_buffering.' },
    ]);
  });
});

describe('ending', () => {
  test('ends the open parts and drops the staging, once', async () => {
    const run = await start([part, part]);
    await db.runs.beginPart(run.id, 1, NOW);
    const failure = { kind: 'no_plan', sentence: 'No period.' };

    const ends = await Promise.all([
      db.runs.endRun(run.id, 'failed', failure, NOW),
      db.runs.endRun(run.id, 'failed', failure, NOW),
    ]);

    expect(ends.filter((ended) => ended !== null)).toMatchObject([
      { state: 'failed', errorKind: 'no_plan', error: 'No period.', endedAt: NOW },
    ]);
    expect((await db.runs.listParts(run.id)).map(({ state }) => state)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect(await stagingTables(run)).toBe(0);
    expect(await db.runs.beginPart(run.id, 2, NOW)).toBeNull();
  });

  test('those who work for a run can learn that it has stopped', async () => {
    const queued = await request();
    expect(await db.runs.endRun(queued.id, 'cancelled', null, NOW)).not.toBeNull();
    const running = await start();
    expect(await db.runs.stoppedAmong([queued.id, running.id])).toEqual([queued.id]);
    expect(await db.runs.endRun(running.id, 'cancelled', null, NOW)).not.toBeNull();
    expect(await db.runs.beginPart(running.id, 1, NOW)).toBeNull();
    expect(await db.runs.stoppedAmong([running.id, 999_999])).toEqual([running.id, 999_999]);
  });

  test('staging that belongs to no active run is swept away', async () => {
    const run = await start();
    await db.sql.query('CREATE UNLOGGED TABLE staging.run_999999_sites (code text)');

    expect(await db.runs.sweepStaging()).toBe(1);
    expect(await stagingTables(run)).toBe(2);
  });
});

test('runs are listed newest first, by task, state and page', async () => {
  const first = await request();
  await db.runs.endRun(first.id, 'failed', null, NOW);
  const second = await request();

  const newest = await db.runs.listRuns({ task: 'sync_sites', limit: 2 });
  expect(newest.map(({ id }) => id)).toEqual([second.id, first.id]);
  const [older] = await db.runs.listRuns({ task: 'sync_sites', beforeId: second.id, limit: 1 });
  expect(older?.id).toBe(first.id);
  const queued = await db.runs.listRuns({ states: ['queued'], limit: 10 });
  expect(queued.map(({ id }) => id)).toEqual([second.id]);
});
