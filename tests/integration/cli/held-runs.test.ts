import { openDatabase, type OpenedDatabase } from '@passerelle/db';
import { todayIn } from '@passerelle/roster';
import { startSimulator, type Simulator } from '@passerelle/simulator';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { runShape, taskShape } from './shapes.js';

const TODAY = todayIn('Europe/Paris', new Date());
const SHAPE = { today: TODAY, learners: 60, teachers: 4, tutors: 4, sites: 2, groups: 6 };
const silent = { info: () => undefined, warn: () => undefined };

const bilingual = z.strictObject({ fr: z.string().min(1), en: z.string().min(1) });
const detailShape = z.object({
  guards: z.array(
    z.strictObject({
      ...{ guard: z.string(), reading: z.string(), subject: z.string() },
      ...{ site: z.string().nullable(), group: z.string().nullable() },
      ...{ found: z.int(), limit: z.int(), of: z.int(), inWords: bilingual },
    }),
  ),
  notes: z.array(bilingual),
  decision: z.strictObject({ by: z.string(), reason: z.string(), at: z.iso.datetime() }).nullable(),
});

let room: CommandRoom;
let simulator: Simulator;
let server: OpenedDatabase;
let sql: pg.Client;

beforeAll(async () => {
  simulator = await startSimulator({ centre: SHAPE });
  room = await createCommandRoom({ NETYPAREO_WSDL: simulator.wsdlUrl });
  server = await openDatabase({ dataDir: room.dataDir, log: silent, settings: { fsync: 'off' } });
  for (const task of ['update_caches', 'sync_sites', 'sync_groups', 'sync_students']) {
    await room.jsonHere('tasks', 'run', task);
  }
  // One connection, whose end can be waited for: the server is stopped after it.
  sql = new pg.Client({ connectionString: server.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await server.release();
  await simulator.close();
  await room.remove();
});

/** Learners that the source does not know any more, 30 of 90. */
async function holdRun(): Promise<z.infer<typeof runShape>> {
  await sql.query(
    `INSERT INTO users (kind, code, last_name, first_name, content_hash, search_name, search_first_name)
     SELECT 'student', 'gone' || n, 'Nom', 'Zoé', '', '', '' FROM generate_series(1, 30) AS n
     ON CONFLICT (kind, code) DO UPDATE SET status = 'active'`,
  );
  const { code, stdout } = await room.runHere('tasks', 'run', 'sync_students', '--json');
  expect(code).toBe(3);
  return runShape.parse(JSON.parse(stdout));
}

const show = async (id: number) =>
  detailShape.parse(await room.jsonHere('runs', 'show', String(id)));

describe('a held run', () => {
  it('says why and what to do, is approved, and has succeeded then', async () => {
    const held = await holdRun();
    expect(held).toMatchObject({
      state: 'held',
      error:
        'Removals are held back. 30 of 90 active learners would be suspended; the guard allows 20.',
    });
    expect(await show(held.id)).toMatchObject({
      guards: [{ guard: 'removals', reading: 'students', found: 30, limit: 20, of: 90 }],
      decision: null,
    });
    const shown = await room.runHere('runs', 'show', String(held.id));
    expect(shown.stdout).toContain('30 of 90 active learners would be suspended');
    expect(shown.stdout).toContain(`passerelle runs approve ${held.id} --reason`);

    const options = ['--reason', 'They have left.', '--by', 'anna'];
    const run = await room.jsonHere('runs', 'approve', String(held.id), ...options);
    expect(runShape.parse(run)).toMatchObject({
      ...{ state: 'succeeded', error: null },
      counts: { suspended: 30 },
    });
    expect((await show(held.id)).decision).toMatchObject({
      ...{ by: 'cli:anna', reason: 'They have left.' },
    });
    const task = taskShape.parse(await room.jsonHere('tasks', 'show', 'sync_students'));
    expect(task.lastRunAt).toBe(held.startedAt);

    const again = await room.runHere('runs', 'approve', String(held.id), ...options);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('cli:anna has decided on it already');
  });

  it('is rejected by whoever is at the machine, and is partial then', async () => {
    const held = await holdRun();
    const done = await room.runHere('runs', 'reject', String(held.id), '--reason', 'Not true.');
    expect(done).toMatchObject({ code: 0, stdout: `30 removals of run ${held.id} dropped.\n` });
    expect((await show(held.id)).decision?.by).toMatch(/^cli:.+/);
    // What a person refused is not tried again before its time.
    const { rows } = await sql.query(
      `SELECT retry_at FROM task_definitions WHERE name = 'sync_students'`,
    );
    expect(rows).toEqual([{ retry_at: null }]);
  });

  it('that a newer run has superseded is refused with a sentence', async () => {
    const held = await holdRun();
    const newer = await holdRun();
    const refused = await room.runHere('runs', 'approve', String(held.id), '--reason', 'Yes.');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`Run ${newer.id} has read everything since`);
  });

  it('is not decided on without a reason, nor is one that is not there', async () => {
    expect((await room.runHere('runs', 'approve', '1')).code).toBe(2);
    expect((await room.runHere('runs', 'approve', '1', '--reason', ' ')).code).toBe(2);
    expect((await room.runHere('runs', 'reject', '999', '--reason', 'No.')).code).toBe(2);
  });
});

describe('the guards of a task', () => {
  it('are set, shown, kept through other changes, and reset', async () => {
    const { stdout } = await room.runHere(
      ...['tasks', 'set', 'sync_students', '--guard', 'removals=40,50%', '--guard', 'changed=off'],
    );
    expect(stdout).toContain('removals=40,50% (default 20,5%)');
    await room.jsonHere('tasks', 'set', 'sync_students', '--hour', '4');
    await room.jsonHere('tasks', 'set', 'sync_students', '--guard', 'changed=default');
    const shown = await room.runHere('tasks', 'show', 'sync_students');
    expect(shown.stdout).toContain('removals=40,50% (default 20,5%)');
    expect(shown.stdout).toMatch(/ changed=50%,from 50\n/);
    await holdRun().then(
      () => expect.unreachable('the guard allows as many now'),
      () => undefined,
    );
    await room.jsonHere('tasks', 'reset', 'sync_students');
    const reset = await room.runHere('tasks', 'show', 'sync_students');
    expect(reset.stdout).not.toContain('(default');
  });

  it.each(['removals', 'removals=many', 'everything=off'])('refuse %s', async (setting) => {
    const refused = await room.runHere('tasks', 'set', 'sync_students', '--guard', setting);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('removals');
  });
});
