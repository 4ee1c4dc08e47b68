import { createDatabase, type Database, migrateDatabase } from '@passerelle/db';
import { createJobQueue, type JobQueue, migrateQueue } from '@passerelle/queue';
import { TASK_NAMES, todayIn, type TaskName } from '@passerelle/roster';
import { type Simulator, type SimulatorOptions, startSimulator } from '@passerelle/simulator';
import { requestRun, type Run } from '@passerelle/sync';
import pg from 'pg';
import { createCommandRoom, type CommandRoom, type RunningCommand } from '../../support/cli.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { endProcess } from '../../support/spawned.js';
import { untilTrue } from '../../support/patience.js';

export type QueueKind = 'postgres' | 'redis';
export const QUEUE_KINDS: readonly QueueKind[] = ['postgres', 'redis'];

/** A Passerelle of real processes on servers of its own, reading a simulator in this process. */
export interface Rig {
  kind: QueueKind;
  simulator: Simulator;
  postgres: TestPostgres;
  /** Where the queue is on it. */
  redis: TestRedis | undefined;
  room: CommandRoom;
  db: Database;
  sql: pg.Pool;
  queue: JobQueue;
  /** The processes that were started and not ended. */
  processes: RunningCommand[];
  start(role: 'api' | 'worker' | 'scheduler'): Promise<RunningCommand>;
  /** Ends a process without a word to it. */
  kill(running: RunningCommand): Promise<void>;
  request(task: TaskName): Promise<Run>;
  untilEnded(runId: number): Promise<Run>;
  /** Requests a run and waits for its end. */
  run(task: TaskName): Promise<Run>;
  /** All seven tasks in order. */
  runAll(): Promise<Run[]>;
  dispose(): Promise<void>;
}

export interface RigOptions {
  simulator?: Partial<SimulatorOptions>;
  learners?: number;
  /** Each is a part of a run, or several. */
  sites?: number;
  maxConnections?: number;
  settings?: Readonly<Record<string, string>>;
}

/** A lock of a second and its like: a rescue takes seconds. */
const QUICK = {
  PASSERELLE_LOCK_MS: '1000',
  PASSERELLE_STALLED_MS: '500',
  PASSERELLE_HOUSEKEEPING_MS: '500',
  NETYPAREO_RETRY_BASE_MS: '20',
  NETYPAREO_REST_MS: '200',
  NETYPAREO_SERVER_TIMEOUT_MS: '1500',
};
const NAMESPACE = 'passerelle';
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Brings up the servers and the simulator; no process of Passerelle runs yet. */
export async function createRig(kind: QueueKind, options: RigOptions = {}): Promise<Rig> {
  const closers: (() => Promise<unknown>)[] = [];
  const opened = <Thing>(thing: Thing, close: (thing: Thing) => Promise<unknown>): Thing => {
    closers.unshift(() => close(thing));
    return thing;
  };
  const { maxConnections = 100 } = options;
  const postgres = opened(await startPostgres({ maxConnections }), (server) => server.stop());
  const redis =
    kind === 'redis' ? opened(await startRedis(), (server) => server.stop()) : undefined;
  const backend = { kind, url: redis?.url ?? postgres.url };
  await migrateDatabase(postgres.url);
  await migrateQueue({ backend, namespace: NAMESPACE });
  const today = todayIn('Europe/Paris', new Date());
  const simulator = opened(
    await startSimulator({
      ...options.simulator,
      centre: { today, learners: options.learners ?? 120, sites: options.sites ?? 4 },
    }),
    (server) => server.close(),
  );
  const room = opened(
    await createCommandRoom({
      ...{ DATABASE_URL: postgres.url, REDIS_URL: redis?.url },
      ...{ NETYPAREO_WSDL: simulator.wsdlUrl, PASSERELLE_QUEUE_PREFIX: NAMESPACE },
      ...QUICK,
      ...options.settings,
    }),
    ({ remove }) => remove(),
  );
  const sql = opened(new pg.Pool({ connectionString: postgres.url, max: 2 }), (pool) => pool.end());
  sql.on('error', () => {}); // a server that goes away is what is tried here
  const log = silent;
  const db = opened(createDatabase(postgres.url, { poolSize: 3, log }), (it) => it.close());
  const queue = opened(
    createJobQueue({ backend, namespace: NAMESPACE, log, maxFetches: 4 }),
    (it) => it.close(),
  );
  await leaveToTheTest(db);
  const processes: RunningCommand[] = [];
  closers.unshift(async () => {
    await Promise.all(processes.map(({ child }) => endProcess(child, 'SIGTERM')));
  });
  const orders = createOrders(db, queue);
  return {
    ...{ kind, simulator, postgres, redis, room, db, sql, queue, processes, ...orders },
    start: async (role) => {
      const running = await room.start([role], 'Running:');
      processes.push(running);
      return running;
    },
    kill: async (running) => {
      processes.splice(processes.indexOf(running), 1);
      await endProcess(running.child, 'SIGKILL');
    },
    dispose: async () => {
      for (const close of closers) await close();
    },
  };
}

/** Asking for runs as another process of the cluster does. */
function createOrders(
  db: Database,
  queue: JobQueue,
): Pick<Rig, 'request' | 'untilEnded' | 'run' | 'runAll'> {
  const deps = { runs: db.runs, queue, now: () => new Date(), log: silent };
  const request = async (task: TaskName): Promise<Run> => {
    const { outcome, run } = await requestRun(deps, { task, trigger: 'manual' });
    if (outcome !== 'created') throw new Error(`${task} is under way: run ${run.id}.`);
    return run;
  };
  const untilEnded = (runId: number): Promise<Run> =>
    untilTrue(
      async () => {
        // The database may be what is away.
        const run = await db.runs.getRun(runId).catch(() => null);
        return run !== null && run.endedAt !== null ? run : undefined;
      },
      { interval: 20 },
    );
  const run = async (task: TaskName): Promise<Run> => untilEnded((await request(task)).id);
  return {
    ...{ request, untilEnded, run },
    runAll: async () => {
      const runs: Run[] = [];
      for (const task of TASK_NAMES) runs.push(await run(task));
      return runs;
    },
  };
}

/** Seeds the tasks, disabled: nothing runs but what the test asks for, whatever the hour. */
async function leaveToTheTest({ tasks }: Database): Promise<void> {
  const now = new Date();
  await tasks.seedTasks(now, () => null);
  for (const { name, minute, hour, day, month, weekday } of await tasks.listTasks()) {
    const fields = { minute, hour, day, month, weekday };
    await tasks.saveTask(name, { fields, disabled: true, customised: true, nextRunAt: null }, now);
  }
}
