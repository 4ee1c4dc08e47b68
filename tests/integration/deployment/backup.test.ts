import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDatabase } from '@passerelle/db';
import { todayIn } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { postgresPrograms } from '../../support/postgres-programs.js';
import { listOf, runShape, taskShape } from '../cli/shapes.js';
import { query, readTables } from './table-contents.js';

const run = promisify(execFile);
const silent = { info: () => undefined, warn: () => undefined };
const TASKS = ['update_caches', 'sync_sites', 'sync_groups', 'sync_students', 'sync_tutors'];

let simulator: Simulator;
let directory: string;
beforeAll(async () => {
  const today = todayIn('Europe/Paris', new Date());
  simulator = await startSimulator({ centre: { learners: 40, today } });
  directory = await mkdtemp(join(tmpdir(), 'passerelle-backup-'));
  return async () => {
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  };
});

async function populate(room: CommandRoom): Promise<void> {
  for (const task of TASKS) await room.jsonHere('tasks', 'run', task);
  await room.jsonHere('tasks', 'set', 'sync_students', '--hour', '4', '--minute', '15');
}

/** A restored registry is one to go on with: nothing is new to it, and its schedules are there. */
async function expectToGoOn(room: CommandRoom): Promise<void> {
  const again = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_students'));
  expect(again).toMatchObject({
    state: 'succeeded',
    counts: { read: 40, created: 0, updated: 0, unchanged: 40, suspended: 0 },
  });
  const tasks = listOf(taskShape).parse(await room.jsonHere('tasks', 'list'));
  expect(tasks.items.find(({ name }) => name === 'sync_students')).toMatchObject({
    ...{ minute: '15', hour: '4', customised: true },
  });
}

describe('a database of one’s own', () => {
  const programs = postgresPrograms();
  let server: TestPostgres;
  let room: CommandRoom;
  /** As docs/fr/installer.md has it: a role of its own that owns the database, and nothing more. */
  /** The role owns the database and has no other right, as docs/fr/installer.md says. */
  const urlOf = (name: string): string =>
    Object.assign(new URL(adminUrlOf(name)), { username: 'passerelle' }).href;
  const adminUrlOf = (name: string): string =>
    Object.assign(new URL(server.url), { pathname: name }).href;

  const restore = (file: string, name: string) =>
    run(join(programs, 'pg_restore'), [
      ...['--no-owner', '--role=passerelle', '--exit-on-error'],
      ...[`--dbname=${adminUrlOf(name)}`, file],
    ]);

  beforeAll(async () => {
    server = await startPostgres({ binaries: programs });
    await query(server.url, 'CREATE ROLE passerelle LOGIN');
    await query(server.url, 'CREATE DATABASE passerelle OWNER passerelle');
    room = await createCommandRoom({
      DATABASE_URL: urlOf('passerelle'),
      NETYPAREO_WSDL: simulator.wsdlUrl,
      PASSERELLE_HOUSEKEEPING_MS: '200',
    });
    await room.jsonHere('migrate');
    await populate(room);
  });
  afterAll(async () => {
    await room.remove();
    await server.stop();
  });

  it('is the same after pg_dump and pg_restore, and goes on', async () => {
    const file = join(directory, 'passerelle.dump');
    const before = await readTables(urlOf('passerelle'));

    await run(join(programs, 'pg_dump'), [
      `--dbname=${adminUrlOf('passerelle')}`,
      '--format=custom',
      `--file=${file}`,
    ]);
    await query(server.url, 'CREATE DATABASE restored OWNER passerelle');
    await restore(file, 'restored');

    expect(before['public.users']?.length).toBeGreaterThan(40);
    expect(await readTables(urlOf('restored'))).toEqual(before);
    room.set({ DATABASE_URL: urlOf('restored') });
    expect(await room.jsonHere('migrate')).toMatchObject({ applied: [] });
    await expectToGoOn(room);
  });

  it('dumped with a run that waits, is restored to where that run is taken up', async () => {
    const file = join(directory, 'waiting.dump');
    const url = urlOf('passerelle');
    await query(
      url,
      `INSERT INTO sync_runs (task, state, trigger, enqueue_count)
       VALUES ('sync_students', 'queued', 'manual', 1)`,
    );
    await run(join(programs, 'pg_dump'), [
      `--dbname=${adminUrlOf('passerelle')}`,
      '--format=custom',
      `--file=${file}`,
    ]);
    await query(server.url, 'CREATE DATABASE again OWNER passerelle');
    await restore(file, 'again');

    room.set({ DATABASE_URL: urlOf('again') });
    const { items } = listOf(runShape).parse(
      await room.jsonHere('runs', 'list', '--state', 'queued'),
    );
    expect(items).toHaveLength(1);
    const up = await room.start(['up'], 'Running:');
    try {
      const sql = `SELECT state::text FROM sync_runs WHERE id = ${items[0]?.id}`;
      const stateOf = () => query<{ state: string }>(urlOf('again'), sql);
      await expect.poll(stateOf).toEqual([{ state: 'succeeded' }]);
    } finally {
      up.child.kill('SIGTERM');
    }
    expect((await up.ended).code).toBe(0);
  });
});

describe('the embedded database', () => {
  it('is the same in a copy of its directory made while it stood still', async () => {
    const room = await createCommandRoom({ NETYPAREO_WSDL: simulator.wsdlUrl });
    const read = async (dataDir: string) => {
      const { url, release } = await openDatabase({ dataDir, log: silent });
      const tables = await readTables(url);
      await release();
      return tables;
    };
    await populate(room);
    const before = await read(room.dataDir);

    const copy = join(directory, 'copy');
    await cp(room.dataDir, copy, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
    await rm(room.dataDir, { recursive: true });

    expect(before['public.users']?.length).toBeGreaterThan(40);
    expect(await read(copy)).toEqual(before);
    room.set({ PASSERELLE_DATA_DIR: copy });
    await expectToGoOn(room);
    await room.remove();
  });
});
