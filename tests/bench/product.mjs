// The product under measurement: real `passerelle worker` processes, and somebody
// who asks for a run.
import { setTimeout as wait } from 'node:timers/promises';
import { createDatabase } from '@passerelle/db';
import { createJobQueue } from '@passerelle/queue';
import { requestRun } from '@passerelle/sync';
import { withClient } from './databases.mjs';

const CLI = new URL('../../apps/cli/dist/main.js', import.meta.url);
const WATCH = new URL('children/watch-process.mjs', import.meta.url);
/** As the systemd units and the image start it (NODE_OPTIONS there). */
const AS_DEPLOYED = '--max-semi-space-size=8';
const NAMESPACE = 'passerelle';
const READY_MS = 60_000;
const POLL_MS = 20;
const ENDED = new Set(['succeeded', 'partial', 'held', 'failed', 'cancelled']);
const silent = { info() {}, warn() {}, error() {}, debug() {}, child: () => silent };

/**
 * Starts workers on a migrated database and waits until they take jobs.
 *
 * @param {object} rig
 * @param {{ wsdl: string }} centre
 * @param {string} databaseUrl
 * @param {{ workers?: number, redisUrl?: string, boundMs: number, env?: Record<string, string> }}
 *   options `env`: settings that are not the ordinary ones
 */
export async function startProduct(rig, centre, databaseUrl, options) {
  const { workers: count = 1, redisUrl, boundMs } = options;
  const env = { ...productEnvironment(rig, centre, databaseUrl, redisUrl), ...options.env };
  const starting = Array.from({ length: count }, (_, index) =>
    rig.children.start(CLI, {
      ...{ name: `passerelle worker ${index + 1}`, args: ['worker'], boundMs },
      ...{ env, cwd: rig.directory },
      execArgv: [AS_DEPLOYED, '--import', WATCH.href, ...rig.nodeOptions],
    }),
  );
  const workers = await Promise.all(starting);
  await waitForMembers(databaseUrl, workers);
  const requester = openRequester(databaseUrl, redisUrl);
  return {
    /** Asks for a run and waits for its end, `boundMs` at most. */
    run: (task) => requester.run(task, boundMs),
    /** Forgets what was seen of the event loops so far. */
    begin: () => Promise.all(workers.map((worker) => worker.ask('begin'))),
    /** Event-loop delays since, and the memory taken at most, of each worker. */
    read: () => Promise.all(workers.map((worker) => worker.ask('read'))),
    async stop() {
      await requester.close();
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

/** The ordinary settings: only where things are, and nothing of the caller's own. */
export function productEnvironment(rig, { wsdl }, databaseUrl, redisUrl) {
  const inherited = Object.keys(process.env).filter((name) =>
    /^(PASSERELLE|NETYPAREO|MOODLE)_|^(DATABASE|REDIS)_URL|^(HOST|PORT|PUBLIC_URL)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    DATABASE_URL: databaseUrl,
    ...(redisUrl && { REDIS_URL: redisUrl }),
    NETYPAREO_WSDL: wsdl,
    NETYPAREO_CONTRACT: rig.contract,
    PASSERELLE_DATA_DIR: rig.directory,
    LOG_LEVEL: 'warn',
    NODE_OPTIONS: '',
  };
}

export async function waitForMembers(databaseUrl, workers, role = 'worker') {
  const pids = workers.map(({ pid }) => pid);
  await withClient(databaseUrl, async (client) => {
    const until = Date.now() + READY_MS;
    for (;;) {
      const { rows } = await client.query(
        `SELECT count(*)::int AS up FROM cluster_members WHERE role = $2 AND pid = ANY ($1)`,
        [pids, role],
      );
      if (rows[0].up === pids.length) return;
      const failure = workers.map((worker) => worker.failure()).find(Boolean);
      if (failure !== undefined) throw failure;
      if (Date.now() > until) throw new Error('The workers did not start within a minute.');
      await wait(POLL_MS);
    }
  });
}

/** Asks for runs the way the commands do, from a process that is warm already. */
function openRequester(databaseUrl, redisUrl) {
  const database = createDatabase(databaseUrl, { poolSize: 2, log: silent });
  const backend = redisUrl
    ? { kind: 'redis', url: redisUrl }
    : { kind: 'postgres', url: databaseUrl };
  const queue = createJobQueue({ backend, namespace: NAMESPACE, log: silent, maxFetches: 4 });
  return {
    async run(task, boundMs) {
      await Promise.all([database.ping(), queue.ping()]);
      const deps = { runs: database.runs, queue, now: () => new Date(), log: silent };
      const before = performance.now();
      const { run } = await requestRun(deps, { task, trigger: 'manual' });
      const ended = await awaitEnd(databaseUrl, run.id, boundMs);
      const seconds = (ended.endedAt - before) / 1000;
      const phases = splitPhases(ended, before + performance.timeOrigin, seconds);
      if (ended.state !== 'succeeded') {
        throw new Error(`The run of ${task} ended as ${ended.state}: ${ended.why}`);
      }
      return { ...ended, seconds, phases };
    },
    async close() {
      await queue.close();
      await database.close();
    },
  };
}

/** Asks for little while it waits: the server has better things to do. */
async function awaitEnd(databaseUrl, id, boundMs) {
  return withClient(databaseUrl, async (client) => {
    const until = Date.now() + boundMs;
    const ask = { name: 'state', text: 'SELECT state FROM sync_runs WHERE id = $1', values: [id] };
    for (;;) {
      const { rows } = await client.query(ask);
      if (ENDED.has(rows[0].state)) break;
      if (Date.now() > until) throw new Error(`Run ${id} did not end in ${boundMs / 1000} s.`);
      await wait(POLL_MS);
    }
    const endedAt = performance.now();
    return { ...(await describeRun(client, id)), endedAt };
  });
}

async function describeRun(client, id) {
  const { rows } = await client.query(
    `SELECT state, coalesce(error, hold_reason, 'no reason given') AS why, unchanged,
            r.started_at, r.ended_at, p.*
       FROM sync_runs r,
            LATERAL (SELECT count(*)::int AS parts, min(p.started_at) AS first_part,
                            max(p.ended_at) AS last_part
                       FROM sync_run_parts p WHERE p.run_id = r.id) p
      WHERE id = $1`,
    [id],
  );
  return rows[0];
}

/**
 * Where a run's time went, in seconds: until its parts were planned, until the first
 * was begun, reading them, until reconciling began, reconciling.
 */
function splitPhases({ started_at, first_part, last_part, ended_at }, startedMs, seconds) {
  const at = [started_at, first_part, last_part, ended_at].map((time) => (time - startedMs) / 1000);
  const ends = [...at, seconds];
  const names = ['plan', 'enqueue', 'read', 'hand over', 'reconcile'];
  return Object.fromEntries(names.map((name, i) => [name, ends[i] - (ends[i - 1] ?? 0)]));
}
