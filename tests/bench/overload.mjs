// What a server that bears little costs: syncs of many small calls against simulators
// with few children, beside one who knows how many there are; and logins meanwhile.
import { setTimeout as wait } from 'node:timers/promises';
import { oracle, parseCapacityPlan } from '@passerelle/simulator';
import { withClient } from './databases.mjs';
import { describeSync, traceCalls } from './overload-trace.mjs';
import { startProduct } from './product.mjs';
import { compareRegistries, countRegistry } from './registry.mjs';

/** The server; its seed deals the same times to the product and to the oracle. */
const SERVER = { latencyMs: 400, jitter: 0.3 };
const SEED = 1;
export const HARD_CAP = 10;
const WORKERS = 4;
const LEARNERS_IN_A_CALL = 5;
/** Syncs beside each other, each with a server, a database and workers of its own. */
const LANES = 3;
const BOUND_MS = 20 * 60_000;
/** From then on it should know how much the server bears. */
const KNOWN_AFTER_MS = 60_000;
const POLL_MS = 250;

const LOGINS = new URL('children/logins.mjs', import.meta.url);
const LOGIN_CAPACITY = '4';
const LOGIN_EVERY_MS = 500;
const BARE_LOGINS = 400;

/** What was learnt while the template was made, by calls to a server that bears everything. */
const FORGET = 'TRUNCATE source_state, source_permits, source_calls, source_events, source_pieces';

/**
 * One sync for each plan, and one while somebody logs in.
 *
 * @param {object} rig
 * @param {{ calls: number, plans: readonly string[] }} options `plans`: capacities over
 *   time, in the simulator's form
 * @returns {Promise<{ byPlan: Record<string, object>, logins: object }>}
 */
export async function measureOverload(rig, { calls, plans }) {
  const centre = await rig.centre(calls * LEARNERS_IN_A_CALL, { groups: calls, lean: true });
  const byPlan = {};
  let logins;
  const works = plans.map((plan) => async () => {
    byPlan[plan] = await measurePlan(rig, centre, plan);
    rig.say(`capacity ${plan}: ${describeSync(byPlan[plan])}`);
  });
  works.push(async () => {
    logins = await measureLogins(rig, centre);
    rig.say(`logins beside a sync at ${LOGIN_CAPACITY}: ${JSON.stringify(logins)}`);
  });
  await inLanes(works);
  return { byPlan, logins };
}

async function inLanes(works) {
  const waiting = [...works];
  const lane = async () => {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) await work();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** A first sync against a server that nobody has met before. */
function measurePlan(rig, centre, plan) {
  const capacity = parseCapacityPlan(plan);
  return withServer(rig, centre, async ({ server, product, database }) => {
    await product.begin();
    // The plan's times count from the sync's first call, as the oracle's do.
    await server.control({ capacity, reset: true });
    const watched = watchFailures(server);
    const run = await product.run('sync_students').finally(watched.stop);
    const seen = await product.read();
    const stats = await server.stats();
    await checkRegistry(centre, database.url, run.parts);
    const oracleSeconds = oracle({ ...SERVER, seed: SEED, capacity }, centre.groups) / 1000;
    const { plan: planning, enqueue } = run.phases;
    return {
      ...{ seconds: run.seconds, oracleSeconds, phases: run.phases, calls: stats.calls },
      ratio: run.seconds / oracleSeconds,
      ratioFromFirstPart: (run.seconds - planning - enqueue) / oracleSeconds,
      ...{ failed: failuresOf(stats), lateShare: shareOf(watched.known(), stats) },
      ...{ maxInFlight: stats.maxInFlight, serverP50Ms: stats.latency.p50 },
      cpuSeconds: seen.reduce((sum, worker) => sum + worker.cpuSeconds, 0),
      delayP99Ms: Math.max(...seen.map((worker) => worker.delayP99Ms)),
      ...(await traceCalls(database.url)),
    };
  });
}

/** What was asked for again in pieces is more parts than there are groups, and no fewer people. */
async function checkRegistry({ learners }, databaseUrl, parts) {
  const registry = await countRegistry(databaseUrl);
  const problem = compareRegistries({ learners, parts }, { registry, parts });
  if (problem !== null) throw new Error(problem);
}

/** How long logins take while a sync reads all it may, and how long the call itself takes. */
function measureLogins(rig, centre) {
  return withServer(rig, centre, async ({ server, product, database }) => {
    const child = await rig.children.start(LOGINS, { name: 'the logins', boundMs: BOUND_MS });
    const { wsdl, endpoint, account } = server;
    const databaseUrl = database.url;
    await child.ask('open', { wsdl, endpoint, account, databaseUrl, hardCap: HARD_CAP });
    const bare = await child.ask('bare', { times: BARE_LOGINS });
    await server.control({ capacity: parseCapacityPlan(LOGIN_CAPACITY), reset: true });
    await child.ask('begin', { everyMs: LOGIN_EVERY_MS });
    await product.run('sync_students');
    const during = await child.ask('end');
    await child.stop();
    const { maxInFlight, byOperation } = await server.stats();
    const { byOutcome } = byOperation.validerLogin;
    return { bare, during, byOutcome, maxInFlight, capacity: LOGIN_CAPACITY };
  });
}

/** A server, a database and workers that know nothing of each other yet. */
async function withServer(rig, centre, work) {
  const server = await rig.copyOf(centre, { ...SERVER, faultSeed: SEED });
  const database = await rig.databases.create(centre.template);
  await withClient(database.url, (client) => client.query(FORGET));
  const product = await startProduct(rig, server, database.url, {
    ...{ workers: WORKERS, boundMs: BOUND_MS },
    env: { NETYPAREO_MAX_CONCURRENCY: String(HARD_CAP) },
  });
  try {
    return await work({ server, product, database });
  } finally {
    await product.stop();
    await server.stop();
    await database.drop();
  }
}

/** Notes what the server had answered a minute after its first call. */
function watchFailures(server) {
  const stopped = new AbortController();
  let known = null;
  const watch = async () => {
    let firstMs = null;
    while (known === null) {
      await wait(POLL_MS, undefined, { signal: stopped.signal });
      const stats = await server.stats();
      if (stats.calls > 0) firstMs ??= performance.now();
      if (firstMs !== null && performance.now() >= firstMs + KNOWN_AFTER_MS) known = stats;
    }
  };
  const watching = watch().catch((error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return {
    known: () => known,
    stop: async () => {
      stopped.abort();
      await watching;
    },
  };
}

/** Of the calls since then, the share that was turned away; 0 where it was over by then. */
function shareOf(known, stats) {
  if (known === null || stats.calls === known.calls) return 0;
  return (failuresOf(stats) - failuresOf(known)) / (stats.calls - known.calls);
}

const failuresOf = ({ byOutcome }) => byOutcome.capacity502 ?? 0;
