import { openDatabase, type OpenedDatabase } from '@passerelle/db';
import { todayIn } from '@passerelle/roster';
import { startSimulator, type Simulator } from '@passerelle/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { untilTrue } from '../../support/patience.js';
import { freePort } from '../../support/spawned.js';
import { listOf, runShape } from './shapes.js';

const TODAY = todayIn('Europe/Paris', new Date());
let simulator: Simulator;
let room: CommandRoom;
let server: OpenedDatabase;

beforeAll(async () => {
  simulator = await startSimulator({ centre: { today: TODAY, learners: 20 } });
  room = await createCommandRoom({
    NETYPAREO_WSDL: simulator.wsdlUrl,
    PASSERELLE_SHUTDOWN_MS: '300',
    // What a call of the dead holds is free again after it.
    NETYPAREO_SERVER_TIMEOUT_MS: '1500',
    PASSERELLE_LOCK_MS: '1000',
    PASSERELLE_STALLED_MS: '500',
  });
  const log = { info: () => undefined, warn: () => undefined };
  server = await openDatabase({ dataDir: room.dataDir, log, settings: { fsync: 'off' } });
});
afterAll(async () => {
  await server.release();
  await simulator.close();
  await room.remove();
});

/** A command that is in the middle of a call to the source. */
async function startMidCall(
  task = 'sync_sites',
): Promise<Awaited<ReturnType<CommandRoom['start']>>> {
  simulator.control({ latencyMs: 60_000 });
  const before = simulator.stats().calls;
  const running = await room.start(['tasks', 'run', task]);
  await untilTrue(() => simulator.stats().calls > before);
  simulator.control({ latencyMs: 0 });
  return running;
}

it('a command that is told to stop says what becomes of its run, and ends in time', async () => {
  const { child, ended } = await startMidCall();
  child.kill('SIGTERM');

  const { code, stdout, stderr } = await ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/Stopped waiting. Run \d+ goes on when a worker runs/);
});

it('the next one takes the unfinished run up', async () => {
  const { stderr, stdout, code } = await room.runHere('tasks', 'run', 'sync_sites', '--json');

  expect(stderr).toContain('which was left unfinished');
  expect(code).toBe(0);
  expect(runShape.parse(JSON.parse(stdout))).toMatchObject({ state: 'succeeded' });
});

it('so it does when the first was killed', async () => {
  const { child, ended } = await startMidCall();
  child.kill('SIGKILL');
  await ended;

  const run = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_sites'));
  expect(run).toMatchObject({ state: 'succeeded' });
  expect(listOf(runShape).parse(await room.jsonHere('runs', 'list')).items).toHaveLength(2);
});

it('an unfinished run of all sites is not taken for one of a site', async () => {
  await room.jsonHere('tasks', 'run', 'update_caches');
  const { child, ended } = await startMidCall('sync_groups');
  child.kill('SIGKILL');
  await ended;

  const run = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_groups', '--site', '1'));
  const runs = listOf(runShape).parse(
    await room.jsonHere('runs', 'list', '--task', 'sync_groups'),
  ).items;
  expect(runs).toMatchObject([
    { id: run.id, counts: { created: 0 } },
    { state: 'succeeded', counts: { unchanged: 0 } },
  ]);
});

it('a worker that still waits for its queue ends when told to', async () => {
  room.set({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  const { child, ended } = await room.start(['worker'], 'queue error');
  child.kill('SIGTERM');

  expect(await ended).toMatchObject({ code: 0, stdout: '' });
});
