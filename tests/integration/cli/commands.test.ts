import { todayIn } from '@passerelle/roster';
import { startSimulator, type Simulator } from '@passerelle/simulator';
import { openDatabase, type OpenedDatabase } from '@passerelle/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom, type RunningCommand } from '../../support/cli.js';
import { untilTrue } from '../../support/patience.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { listOf, runShape, taskShape, userShape } from './shapes.js';

const TODAY = todayIn('Europe/Paris', new Date());
const SHAPE = { today: TODAY, learners: 60, teachers: 12, tutors: 20, sites: 2, groups: 6 };
const silent = { info: () => undefined, warn: () => undefined };

describe.each(['postgres', 'redis'] as const)('commands with the queue on %s', (backend) => {
  let room: CommandRoom;
  let redis: TestRedis | undefined;
  let simulator: Simulator;
  let server: OpenedDatabase;

  beforeAll(async () => {
    if (backend === 'redis') redis = await startRedis();
    simulator = await startSimulator({ centre: SHAPE });
    room = await createCommandRoom({
      NETYPAREO_WSDL: simulator.wsdlUrl,
      NETYPAREO_RETRY_BASE_MS: '20',
      // A single call at a time: one that goes on after its run is cancelled would show.
      NETYPAREO_MAX_CONCURRENCY: '1',
      // What was cancelled in mid-call counts as under way for so long.
      NETYPAREO_SERVER_TIMEOUT_MS: '500',
      REDIS_URL: redis?.url,
    });
    // Kept up between commands: they share it, and each starts the sooner.
    server = await openDatabase({ dataDir: room.dataDir, log: silent, settings: { fsync: 'off' } });
  });
  afterAll(async () => {
    await server.release();
    await simulator.close();
    await redis?.stop();
    await room.remove();
  });

  describe('with nothing running', () => {
    it('tasks run does the work itself', async () => {
      for (const task of ['update_caches', 'sync_sites', 'sync_groups', 'sync_pdgroups']) {
        expect(runShape.parse(await room.jsonHere('tasks', 'run', task))).toMatchObject({
          ...{ task, state: 'succeeded', trigger: 'manual', error: null },
        });
      }
      const run = runShape.parse(await room.json('tasks', 'run', 'sync_students'));
      expect(run.counts).toMatchObject({ read: SHAPE.learners, created: SHAPE.learners });
    });

    it('a disabled task can be run, and a site alone suspends nobody', async () => {
      const task = taskShape.parse(await room.jsonHere('tasks', 'disable', 'sync_students'));
      expect(task).toMatchObject({ disabled: true, nextRunAt: null });

      const run = runShape.parse(
        await room.jsonHere('tasks', 'run', 'sync_students', '--site', '1', '--wait'),
      );

      expect(run.counts).toMatchObject({ created: 0, suspended: 0 });
      expect(run.counts.read).toBeLessThan(SHAPE.learners);
      await room.jsonHere('tasks', 'reset', 'sync_students');
    });

    it('a site that is not known is wrong usage, and makes no run', async () => {
      const newest = async () =>
        listOf(runShape).parse(await room.jsonHere('runs', 'list', '--limit', '1')).items[0]?.id;
      const before = await newest();
      const { code, stderr } = await room.runHere('tasks', 'run', 'sync_students', '--site', '99');
      expect(code).toBe(2);
      expect(stderr).toContain('Known are: 1');
      expect(await newest()).toBe(before);
    });

    it('lists what there is', async () => {
      const tasks = listOf(taskShape).parse(await room.jsonHere('tasks', 'list'));
      expect(tasks.items.map(({ name }) => name)).toContain('sync_tutors');

      const runs = listOf(runShape).parse(await room.jsonHere('runs', 'list', '--limit', '2'));
      expect(runs.items).toHaveLength(2);
      const next = listOf(runShape).parse(
        await room.jsonHere('runs', 'list', '--limit', '2', '--cursor', String(runs.nextCursor)),
      );
      expect(next.items[0]?.id).toBe((runs.items[1]?.id ?? 0) - 1);

      const users = listOf(userShape).parse(
        await room.jsonHere('users', 'list', '--kind', 'student', '--limit', '5'),
      );
      const [first] = users.items;
      const reference = `${first?.kind}:${first?.code}`;
      expect(userShape.parse(await room.jsonHere('users', 'show', reference))).toEqual(first);
    });

    it('says 1 for a failed run, 2 for what is not there, 3 for a held one', async () => {
      const empty = await startSimulator({ centre: { ...SHAPE, learners: 0, formerLearners: 0 } });
      try {
        room.set({ NETYPAREO_WSDL: empty.wsdlUrl });
        const held = await room.runHere('tasks', 'run', 'sync_students', '--json');
        expect(held.code).toBe(3);
        expect(runShape.parse(JSON.parse(held.stdout))).toMatchObject({ state: 'held' });

        // A fault that stays; a source that is away would be waited for.
        simulator.control({ faults: [{ kind: 'fault', rate: 1 }] });
        room.set({ NETYPAREO_WSDL: simulator.wsdlUrl, NETYPAREO_RETRY_ATTEMPTS: '1' });
        const failed = await room.runHere('tasks', 'run', 'sync_teachers', '--json');
        expect(failed.code).toBe(1);
        const run = runShape.parse(JSON.parse(failed.stdout));
        expect(run).toMatchObject({ state: 'failed' });
        expect(run.error).not.toBeNull();
      } finally {
        room.set({ NETYPAREO_WSDL: simulator.wsdlUrl, NETYPAREO_RETRY_ATTEMPTS: undefined });
        simulator.control({ faults: [] });
        await empty.close();
      }
      expect(await room.runHere('users', 'show', 'student:0')).toMatchObject({
        code: 2,
        stdout: '',
      });
      expect(await room.runHere('runs', 'show', '999')).toMatchObject({ code: 2, stdout: '' });
    });
  });

  describe('with a cluster running', () => {
    let up: RunningCommand;

    beforeAll(async () => {
      up = await room.start(['up'], 'Ctrl-C stops');
    });
    afterAll(() => {
      up.child.kill('SIGKILL');
    });

    it('tasks run puts the run on its queue, and --wait waits', async () => {
      const enqueued = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_sites'));
      expect(['queued', 'running']).toContain(enqueued.state);

      const waited = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_tutors', '--wait'));
      expect(waited).toMatchObject({ state: 'succeeded' });
    });

    it('tells which run is going, and cancels it within seconds', async () => {
      simulator.control({ latencyMs: 60_000 });
      const run = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_teachers'));
      const id = String(run.id);
      await untilTrue(() => simulator.stats().inFlight > 0);
      simulator.control({ latencyMs: 0 });
      const busy = await room.runHere('tasks', 'run', 'sync_teachers');
      expect(busy).toMatchObject({ code: 1, stdout: '' });
      expect(busy.stderr).toContain(`Run ${id} of sync_teachers is under way`);

      const cancelled = runShape.parse(await room.jsonHere('runs', 'cancel', id));
      expect(cancelled.state).toBe('cancelled');
      expect(await room.runHere('runs', 'cancel', id)).toMatchObject({ code: 1 });

      // The server is still busy with the cancelled run's call; the worker is not.
      const retried = runShape.parse(await room.jsonHere('runs', 'retry', id, '--wait'));
      expect(retried).toMatchObject({ state: 'succeeded', trigger: 'retry' });
      expect(simulator.stats().inFlight).toBeGreaterThan(0);
    });

    it('doctor knows it, and SIGTERM ends it with 0', async () => {
      const report = await room.runHere('doctor');
      expect(report.stdout).toContain('A worker runs on');
      expect(report.stdout).toContain('A scheduler runs on');

      up.child.kill('SIGTERM');
      expect(await up.ended).toMatchObject({ code: 0 });
      expect((await room.runHere('doctor')).stdout).toContain('No worker is running');
    });
  });
});
