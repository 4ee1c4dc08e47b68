import { createDatabase, type Database } from '@passerelle/db';
import {
  type Contract,
  createSource,
  loadContract,
  type NetypareoSource,
} from '@passerelle/netypareo';
import { createJobQueue, type JobQueue } from '@passerelle/queue';
import type { LeavingRules, TaskName } from '@passerelle/roster';
import { TASK_NAMES } from '@passerelle/roster';
import { type RunningScheduler, startScheduler } from '@passerelle/scheduler';
import { type Simulator, type SimulatorOptions, startSimulator } from '@passerelle/simulator';
import {
  createSourceGate,
  initialState,
  type OverloadSettings,
  overloadSettings,
  requestRun,
  type Run,
  type SyncContext,
} from '@passerelle/sync';
import { type RunningWorker, startWorker } from '@passerelle/worker';
import pg from 'pg';
import type { TestBackend } from './backends.js';
import { createTestDatabase } from './database.js';
import { AT_ONCE } from './leaving.js';
import { untilTrue } from './patience.js';

/** The day on which the simulated centre and the cluster agree. */
const TODAY = '2026-11-20';
const NOON = new Date(`${TODAY}T12:00:00+01:00`);

/** A whole Passerelle in this process, on real servers, reading a simulator. */
export interface TestCluster {
  simulator: Simulator;
  db: Database;
  sql: pg.Pool;
  context: SyncContext;
  queue: JobQueue;
  /** The clock of the use cases; the queue has the machine's. */
  clock: { now: Date };
  /** @param context another process's, by default this one's */
  startWorker(context?: SyncContext): Promise<RunningWorker>;
  startScheduler(): Promise<RunningScheduler>;
  /** Another process's view: a context of its own on the same servers. */
  openContext(): Promise<SyncContext>;
  /** Requests a run and waits for its end. */
  run(task: TaskName, siteCode?: string): Promise<Run>;
  /** All seven tasks in order. */
  runAll(): Promise<Run[]>;
  untilEnded(runId: number): Promise<Run>;
  dispose(): Promise<void>;
}

export interface ClusterOptions {
  simulator?: Partial<SimulatorOptions>;
  /** Failures that count against a part before it is given up. */
  attempts?: number;
  contract?: Contract;
  /** Times of overload control; by default rests and waits of some hundredths of a second. */
  overload?: OverloadSettings;
  blackoutEnd?: (now: Date) => Date | null;
  /** What becomes of those who are missing; by default they are suspended at once. */
  leaving?: LeavingRules;
  /** How long a run is waited for, where it has more to read than most. */
  patienceMs?: number;
  /** Told every line of the log. */
  onLog?: (line: string) => void;
  /** Fetch jobs at once, over all workers: 4 by default. */
  maxFetches?: number;
  /** Uniform in [0, 1), for waits; by default 0.5. The gate's own is 0.5 always. */
  random?: () => number;
}

const KEEP_LONG = { runs: 36_500, changes: 36_500, rejected: 36_500, audit: 36_500 };

/** A log whose lines go to a test, or nowhere. */
export function createLog(onLog: (line: string) => void = () => {}) {
  const write = (...said: unknown[]): void => onLog(JSON.stringify(said));
  const log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}

/** Brings one up on a queue backend; {@link TestCluster.dispose} ends all of it. */
export async function createCluster(
  backend: TestBackend,
  options: ClusterOptions = {},
): Promise<TestCluster> {
  const silent = createLog(options.onLog);
  const closers: (() => Promise<unknown>)[] = [];
  const opened = <Thing>(thing: Thing, close: (thing: Thing) => Promise<unknown>): Thing => {
    closers.unshift(() => close(thing));
    return thing;
  };
  const place = opened(await createTestDatabase(), ({ drop }) => drop());
  const simulator = opened(
    await startSimulator({ centre: { today: TODAY, learners: 120 }, ...options.simulator }),
    (running) => running.close(),
  );
  const sql = opened(new pg.Pool({ connectionString: place.url, max: 2 }), (pool) => pool.end());
  const clock = { now: NOON };
  const queueOptions = {
    ...{ backend: backend.choice, namespace: await backend.namespace(), log: silent },
    // None dies here; a machine that stands still for seconds must not take a job for lost.
    ...{ lockMs: 30_000, stalledMs: 1_000 },
  };

  const overload = options.overload ?? quickOverload();
  const random = options.random ?? (() => 0.5);
  const openQueue = (): JobQueue =>
    opened(createJobQueue({ ...queueOptions, maxFetches: options.maxFetches ?? 4 }), (queue) =>
      queue.close(),
    );
  const openDb = (): Database =>
    opened(
      createDatabase(place.url, {
        poolSize: 6,
        log: silent,
        initialSource: initialState(overload),
      }),
      (db) => db.close(),
    );
  const contextOn = async (db: Database, queue: JobQueue): Promise<SyncContext> => ({
    ...{ runs: db.runs, bulkRetries: db.bulkRetries, tasks: db.tasks },
    ...{ registry: db.registry, queue },
    ...{ retention: db.retention, keepDays: KEEP_LONG },
    ...{ personal: db.personal, leaving: options.leaving ?? AT_ONCE },
    source: await openSource(db),
    ...{ sourceState: db.sourceState, overload, attempts: options.attempts ?? 3 },
    blackoutEnd: options.blackoutEnd ?? (() => null),
    ...{ now: () => clock.now, random, log: silent },
    ...{ timeZone: 'Europe/Paris', periodAheadDays: 90 },
  });
  const openSource = async (db: Database): Promise<NetypareoSource> => {
    const source: NetypareoSource = createSource({
      contract: options.contract ?? (await loadContract(undefined)),
      ...{ wsdl: simulator.wsdlUrl, credentials: {}, limits: { timeoutMs: 20_000 } },
      gate: createSourceGate({
        ...{ store: db.sourceState, settings: overload, random: () => 0.5, log: silent },
        probe: (signal) => source.probe(signal),
        ...{ blackoutEnd: options.blackoutEnd ?? (() => null), now: () => clock.now },
      }),
      ...{ now: () => Date.now(), log: silent },
    });
    return opened(source, async () => source.close());
  };

  const db = openDb();
  const queue = openQueue();
  const context = await contextOn(db, queue);
  await seed(context);
  const untilEnded = (runId: number): Promise<Run> =>
    untilTrue(
      async () => {
        const run = await db.runs.getRun(runId);
        return run !== null && run.endedAt !== null ? run : undefined;
      },
      options.patienceMs === undefined ? {} : { timeout: options.patienceMs },
    );
  const run = async (task: TaskName, siteCode?: string): Promise<Run> => {
    const request = { task, trigger: 'manual' as const, ...(siteCode && { siteCode }) };
    const { outcome, run: requested } = await requestRun(context, request);
    if (outcome === 'busy') throw new Error(`${task} is under way: run ${requested.id}.`);
    return untilEnded(requested.id);
  };
  return {
    ...{ simulator, db, sql, context, queue, clock, run, untilEnded },
    startWorker: async (own = context) => {
      const { signal } = new AbortController();
      const deps = { context: own, queue: queueOptions, shutdownMs: 5_000, signal };
      return opened(await startWorker(deps), (worker) => worker.stop());
    },
    startScheduler: async () =>
      opened(await startScheduler({ context, housekeepingMs: 100 }), (scheduler) =>
        scheduler.stop(),
      ),
    openContext: async () => contextOn(openDb(), openQueue()),
    runAll: async () => {
      const runs: Run[] = [];
      for (const task of TASK_NAMES) runs.push(await run(task));
      return runs;
    },
    dispose: async () => {
      for (const close of closers) await close();
    },
  };
}

/** The tasks as they come, but due far from now: a test says what runs. */
async function seed({ tasks, now }: SyncContext): Promise<void> {
  const nextWeek = new Date(now().getTime() + 7 * 86_400_000);
  await tasks.seedTasks(now(), () => nextWeek);
}

/** Overload control with its waits a thousandth of what they are: the rules stay the same. */
export function quickOverload(hardCap = 4): OverloadSettings {
  const settings = overloadSettings({ hardCap, serverLimitMs: 2_000, restMs: 60, retryBaseMs: 10 });
  return {
    ...settings,
    limit: { ...settings.limit, firstPatienceMs: 200, longestPatienceMs: 2_000 },
    budget: { ...settings.budget, longestMs: 20, trickleMs: 30 },
  };
}
