import { TASK_NAMES, type TaskName, todayIn } from '@passerelle/roster';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { dumpTables } from '../e2e/dumps.js';
import {
  CALLS_PER_TOKEN,
  FORBIDDEN,
  type PhpCentre,
  settingsFor,
  startPhpCentre,
} from './php-centre.js';
import { readRegistry, sorted } from './registry-rows.js';
import { type RunSummary, runShape } from './shapes.js';

let centre: PhpCentre;
let database: TestDatabase;
let client: pg.Client;
let room: CommandRoom;
let logs = '';
let endWorker: () => Promise<unknown>;
let firstRuns: RunSummary[];

/** Has the worker run a task, and waits for it. */
async function run(task: TaskName): Promise<RunSummary> {
  const { stdout, stderr } = await room.runHere('tasks', 'run', task, '--wait', '--json');
  if (stdout === '') throw new Error(stderr);
  return runShape.parse(JSON.parse(stdout));
}

async function runAll(): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  for (const task of TASK_NAMES) runs.push(await run(task));
  return runs;
}

async function ask<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  return (await client.query<Row>(sql)).rows;
}

async function expectTruth(): Promise<void> {
  expect(sorted(await readRegistry(client))).toEqual(sorted(centre.truth()));
}

beforeAll(async () => {
  centre = await startPhpCentre(todayIn('Europe/Paris', new Date()));
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  room = await createCommandRoom(settingsFor(centre, database));
  await room.runHere('migrate');
  room.set({ LOG_LEVEL: 'trace' });
  const worker = await room.start(['worker'], '"started"');
  worker.child.stderr?.on('data', (text: string) => {
    logs += text;
  });
  room.set({ LOG_LEVEL: 'silent' });
  endWorker = () => {
    worker.child.kill('SIGTERM');
    return worker.ended;
  };
  firstRuns = await runAll();
});

afterAll(async () => {
  await endWorker();
  await room.remove();
  await client.end();
  await database.drop();
  await centre.stop();
});

describe('a server that is not ours, by a contract alone', () => {
  it('is synchronised by all seven tasks', () => {
    expect(firstRuns.map(({ task, state, error }) => ({ task, state, error }))).toEqual(
      TASK_NAMES.map((task) => ({ task, state: 'succeeded', error: null })),
    );
    expect(firstRuns.map(({ counts }) => counts.rejected)).toEqual(TASK_NAMES.map(() => 0));
  });

  it('fills the registry with what it holds', async () => {
    await expectTruth();
    const people = await ask(
      `SELECT kind::text, count(*)::int FROM users GROUP BY kind ORDER BY 1`,
    );
    expect(people).toEqual([
      { kind: 'student', count: 300 },
      { kind: 'teacher', count: 12 },
      { kind: 'tutor', count: 60 },
    ]);
  });

  it('is signed in to anew whenever its session ends in mid-run', async () => {
    const tries = await ask(`SELECT attempt, state::text FROM sync_run_parts GROUP BY 1, 2`);
    expect(tries).toEqual([{ attempt: 1, state: 'done' }]);

    const [caches] = await ask<{ calls: number }>(
      `SELECT count(*)::int AS calls FROM sync_run_parts p JOIN sync_runs r ON r.id = p.run_id
        WHERE r.task = 'update_caches' AND p.entity <> 'definitions.usertype'`,
    );
    expect(caches?.calls).toBeGreaterThan(CALLS_PER_TOKEN);
    const { signIns, calls, expired } = centre.sessions();
    expect(signIns).toBeGreaterThanOrEqual(calls / CALLS_PER_TOKEN);
    expect(expired).toBeGreaterThan(0);
  });

  it('suspends and holds nothing for a site that never had learners', async () => {
    expect(await centre.ask('eleves', { annee: '2026', lieu: '12' })).toContain('ur-type[0]');
    const empty = await ask(
      `SELECT state::text, read FROM sync_run_parts WHERE entity = 'students' AND site_code = '12'`,
    );
    expect(empty).toEqual([{ state: 'done', read: 0 }]);
    expect(firstRuns.map(({ counts }) => counts.suspended)).toEqual(TASK_NAMES.map(() => 0));
  });

  it('changes nothing when it is read again', async () => {
    const before = await ask(`SELECT count(*)::int FROM changes`);
    for (const { state, counts, links } of await runAll()) {
      expect({ state, links, ...counts }).toEqual({
        state: 'succeeded',
        links: { added: 0, removed: 0 },
        read: counts.read,
        unchanged: counts.read,
        ...{ created: 0, updated: 0, suspended: 0, rejected: 0 },
      });
    }
    expect(await ask(`SELECT count(*)::int FROM changes`)).toEqual(before);
    await expectTruth();
  });
});

describe('what the contract does not name', () => {
  it('is in no table, staging row, job or log', async () => {
    const year = centre.truth().definitions[0]?.['code'];
    const answer = await centre.ask('eleves', { annee: String(year), lieu: '3' });
    expect(new Set(answer.match(FORBIDDEN)).size).toBeGreaterThan(200);

    await ask(`UPDATE users SET content_hash = '' WHERE kind = 'student'`);
    await centre.closeGate('eleves 7');
    const running = run('sync_students');
    try {
      await centre.untilCallWaits();
      await expect.poll(() => dumpSchema('staging')).toContain('"e41007"');
      expect((await dumpAll()).match(FORBIDDEN)).toBeNull();
    } finally {
      await centre.openGate();
    }
    expect((await running).state).toBe('succeeded');
    expect((await dumpAll()).match(FORBIDDEN)).toBeNull();
    expect(logs).toContain('"operation":"eleves"');
    expect(logs.match(FORBIDDEN)).toBeNull();
  });

  const dumpSchema = (schema: string): Promise<string> => dumpTables(client, schema);

  async function dumpAll(): Promise<string> {
    const schemas = await ask<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`,
    );
    const dumps: string[] = [];
    for (const { name } of schemas) dumps.push(await dumpSchema(name));
    return dumps.join('\n');
  }
});

describe('a site that had learners', () => {
  it('has its removals held when it comes back as an Array of length 0', async () => {
    await centre.change({ annexeHasClasses: true, annexeHasLearners: true });
    for (const task of ['sync_groups', 'sync_students', 'sync_teachers'] as const) {
      expect((await run(task)).state).toBe('succeeded');
    }
    await expectTruth();
    const full = sorted(await readRegistry(client));

    await centre.change({ annexeHasClasses: true });
    const { stdout, code } = await room.runHere(
      'tasks',
      'run',
      'sync_students',
      '--wait',
      '--json',
    );
    const held = runShape.parse(JSON.parse(stdout));
    expect({ code, state: held.state, suspended: held.counts.suspended }).toEqual({
      code: 3,
      state: 'held',
      suspended: 0,
    });
    expect(held.error).toContain('None of the 12 active learners of site 12 came back.');
    expect(sorted(await readRegistry(client))).toEqual(full);

    await centre.change({ annexeHasClasses: true, annexeHasLearners: true });
    expect((await run('sync_students')).state).toBe('succeeded');
    await expectTruth();
  });
});
