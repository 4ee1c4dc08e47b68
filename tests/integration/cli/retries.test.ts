import { openDatabase, type OpenedDatabase } from '@passerelle/db';
import { todayIn } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { runShape } from './shapes.js';

const TODAY = todayIn('Europe/Paris', new Date());
const SHAPE = { today: TODAY, learners: 60, teachers: 4, tutors: 4, sites: 2, groups: 6 };
const silent = { info: () => undefined, warn: () => undefined };

const placeShape = z.strictObject({
  ...{ reading: z.string(), period: z.string().nullable(), site: z.string().nullable() },
  ...{ group: z.string().nullable(), page: z.null() },
});
const shortfallShape = z.strictObject({
  lacked: z.array(placeShape),
  missing: z.array(placeShape),
  readBy: z.int().nullable(),
});
const detailShape = z.object({
  shortfall: shortfallShape,
  retryOf: z
    .strictObject({ id: z.int(), onlyMissing: z.boolean(), shortfall: shortfallShape })
    .nullable(),
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
  sql = new pg.Client({ connectionString: server.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await server.release();
  await simulator.close();
  await room.remove();
});

/** The last run of learners, as if its last part had failed; says of which site that is. */
async function makePartial(): Promise<{ id: string; site: string }> {
  const { rows } = await sql.query<{ id: number; site: string }>(
    `WITH run AS (
       UPDATE sync_runs
          SET state = 'partial', error_kind = 'timeout', error = '1 of 2 parts could not be read.'
        WHERE id = (SELECT max(id) FROM sync_runs WHERE task = 'sync_students') RETURNING id)
     UPDATE sync_run_parts p SET state = 'failed', error_kind = 'timeout', error = 'Too slow.'
       FROM run WHERE p.run_id = run.id AND p.number = 2
     RETURNING run.id, p.site_code AS site`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The run has no second part.');
  return { id: String(row.id), site: row.site };
}

const show = async (id: string) => (await room.runHere('runs', 'show', id)).stdout;
const showJson = async (id: string) => detailShape.parse(await room.jsonHere('runs', 'show', id));

it('runs retry reads what a partial run lacked, and says whether it is whole now', async () => {
  const { id, site } = await makePartial();
  expect(await show(id)).toMatch(new RegExp(`Missing +period \\S+, site ${site}\n`));
  expect(await show(id)).toContain(`passerelle runs retry ${id}`);
  expect(await showJson(id)).toMatchObject({
    ...{ shortfall: { lacked: [{ site }], missing: [{ site }], readBy: null }, retryOf: null },
  });

  const retried = await room.runHere('runs', 'retry', id);
  expect(retried).toMatchObject({ code: 0 });
  expect(retried.stdout).toMatch(
    new RegExp(`Run ${id} lacked period \\S+, site ${site}: nothing of it is missing any more`),
  );
  const { shortfall } = await showJson(id);
  const retry = String(shortfall.readBy);
  expect(shortfall).toMatchObject({ lacked: [{ site }], missing: [] });
  expect(await show(id)).toContain(`all of it, by run ${retry}`);
  expect(await show(retry)).toContain(`retry of run ${id}, of what it lacked only`);
  expect(await showJson(retry)).toMatchObject({
    shortfall: { lacked: [] },
    retryOf: { id: Number(id), onlyMissing: true, shortfall: { missing: [] } },
  });
  expect((await room.runHere('runs', 'list')).stdout).toContain('retry, missing parts');

  const again = await room.runHere('runs', 'retry', id);
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain(`run ${retry} has read it`);
  const whole = runShape.parse(await room.jsonHere('runs', 'retry', id, '--whole'));
  expect(whole).toMatchObject({ state: 'succeeded', trigger: 'retry' });
  const { rows } = await sql.query('SELECT number FROM sync_run_parts WHERE run_id = $1', [
    whole.id,
  ]);
  expect(rows).toHaveLength(2);
});

it('doctor tells of every run that waits for a decision, one person’s too', async () => {
  const { rows } = await sql.query<{ id: number }>(
    `INSERT INTO sync_runs (task, state, trigger, user_id, ended_at)
     SELECT 'sync_students', 'held', 'manual', min(id), now() FROM users RETURNING id`,
  );
  const { stdout } = await room.runHere('doctor');
  expect(stdout).toContain(`sync_students, one person: run ${rows[0]?.id} held`);
  expect(stdout).toContain(`passerelle runs approve ${rows[0]?.id} --reason`);
});
