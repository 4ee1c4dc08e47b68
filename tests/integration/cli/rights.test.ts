import { erasureJson, personExportJson, quarantineShape } from './shapes-of-rights.js';
import { type OpenedDatabase, openDatabase } from '@passerelle/db';
import { todayIn } from '@passerelle/roster';
import { parseFault, type Simulator, startSimulator } from '@passerelle/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import pg from 'pg';
import { listOf, runShape } from './shapes.js';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';

const TODAY = todayIn('Europe/Paris', new Date());
const SHAPE = {
  today: TODAY,
  badRecords: 1,
  learners: 20,
  teachers: 6,
  tutors: 8,
  sites: 1,
  groups: 3,
};

let room: CommandRoom;
let simulator: Simulator;
let server: OpenedDatabase;
beforeAll(async () => {
  simulator = await startSimulator({ centre: SHAPE });
  room = await createCommandRoom({
    NETYPAREO_WSDL: simulator.wsdlUrl,
    NETYPAREO_RETRY_BASE_MS: '20',
  });
  const log = { info: () => undefined, warn: () => undefined };
  server = await openDatabase({ dataDir: room.dataDir, log, settings: { fsync: 'off' } });
  for (const task of ['update_caches', 'sync_sites', 'sync_groups', 'sync_pdgroups']) {
    await room.jsonHere('tasks', 'run', task);
  }
  await room.jsonHere('tasks', 'run', 'sync_students');
});
afterAll(async () => {
  await server.release();
  await simulator.close();
  await room.remove();
});

it('reads one person at once, as a run', async () => {
  const run = runShape.parse(await room.jsonHere('users', 'sync', 'student:1002'));
  expect(run).toMatchObject({ task: 'sync_students', state: 'succeeded', counts: { read: 1 } });
  const shown = await room.runHere('runs', 'show', String(run.id));
  expect(shown.stdout).toMatch(/Person +student:1002/);
  expect((await room.runHere('runs', 'list', '--limit', '1')).stdout).toContain('(one person)');
  expect(await room.runHere('users', 'sync', 'student:9')).toMatchObject({ code: 2, stdout: '' });
});

it('reads them again when that failed', async () => {
  simulator.control({ faults: [parseFault('fault:1')] });
  const failed = await room.runHere('users', 'sync', 'student:1002', '--json');
  simulator.control({ faults: [] });
  expect(failed.code).toBe(1);
  const run = runShape.parse(JSON.parse(failed.stdout));
  const again = runShape.parse(await room.jsonHere('runs', 'retry', String(run.id)));
  expect(again).toMatchObject({ state: 'succeeded', trigger: 'retry', counts: { read: 1 } });
});

it('lists what is to be put in order', async () => {
  const { items } = listOf(quarantineShape).parse(await room.jsonHere('quarantine', 'list'));
  expect(items).toMatchObject([{ type: 'record', reading: 'students', times: 1 }]);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`UPDATE users SET login = 'shared' WHERE code IN ('1002', '1003')`);
  await client.end();
  const both = listOf(quarantineShape).parse(await room.jsonHere('quarantine', 'list'));
  expect(both.items[1]).toEqual({
    ...{ type: 'shared', shares: [{ by: 'login', value: 'shared' }] },
    ...{ people: ['student:1002', 'student:1003'], keeps: 'student:1002' },
  });
  const { stdout } = await room.runHere('quarantine', 'list');
  expect(stdout).toContain('missing_field');
  expect(stdout).toMatch(/shared +student:1002, student:1003/);
});

it('exports a person, as one document', async () => {
  const { person, tables } = personExportJson.parse(
    await room.jsonHere('users', 'export', 'student:1005'),
  );
  expect(person).toEqual({ kind: 'student', code: '1005' });
  expect(tables).toMatchObject({ users: [{ code: '1005' }], staging: [] });
  expect(await room.runHere('users', 'export', 'student:9')).toMatchObject({ code: 2, stdout: '' });
});

it('erases nobody before it is told to', async () => {
  const args = ['users', 'erase', 'student:1005', '--reason', 'Request of 3 May.', '--json'];
  const looked = await room.runHere(...args);
  expect(looked.code).toBe(2);
  expect(looked.stderr).toContain('add --yes');
  const preview = erasureJson.parse(JSON.parse(looked.stdout));
  expect(preview).toMatchObject({ erased: false, rows: { users: 1 } });
  expect((await room.runHere('users', 'show', 'student:1005')).code).toBe(0);

  const done = erasureJson.parse(await room.jsonHere(...args, '--yes'));
  expect(done).toEqual({ ...preview, erased: true });
  expect((await room.runHere('users', 'show', 'student:1005')).code).toBe(2);
});

it('takes them up again when they are allowed', async () => {
  const run = ['tasks', 'run', 'sync_students'];
  expect(await room.jsonHere(...run)).toMatchObject({ counts: { created: 0 } });
  const allow = ['users', 'allow', 'student:1005', '--reason', 'Enrolled again.'];
  expect((await room.runHere(...allow)).code).toBe(0);
  expect((await room.runHere(...allow)).code).toBe(2);
  expect((await room.runHere('users', 'allow', '1005', '--reason', 'Which?')).code).toBe(2);
  expect(await room.jsonHere(...run)).toMatchObject({ counts: { created: 1 } });
});
