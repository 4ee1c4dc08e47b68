// What is measured: each experiment takes rounds, in each of which all its sides run
// one after the other, in turning order, on databases of their own.
import { compareRegistries, countRegistry, describeRegistry } from './registry.mjs';
import { startProduct } from './product.mjs';

const MINUTE_MS = 60_000;
const LIMIT = new URL('children/limit.mjs', import.meta.url);
const NAIVE = new URL('children/naive.mjs', import.meta.url);

/** Of so many parts, the naive peer takes one: it is as fast on few as on many. */
const NAIVE_SHARE = 10;

/**
 * A first sync and the same again, against the limit, against parsing alone and
 * against the naive peer.
 *
 * @returns {Promise<object[]>} a round each, with seconds by side
 */
export async function measureFirstSync(rig, { learners, rounds, sides }) {
  const centre = await rig.centre(learners);
  const run = { limit: runLimit, product: runTwice, parse: runParse, naive: runNaive };
  const results = await takeRounds(rig, rounds, sides, (side) => run[side](rig, centre));
  return results.map((round) => ({ ...round, centre }));
}

/** First syncs of centres of several sizes, one beside the other, all with lean records. */
export async function measureSizes(rig, { sizes, rounds }) {
  const centres = new Map();
  for (const size of sizes) centres.set(size, await rig.centre(size, { lean: true }));
  const results = await takeRounds(rig, rounds, sizes, (size) =>
    runProduct(rig, centres.get(size), { counts: true }),
  );
  return results.map((round) => ({ bySize: round, centres }));
}

/** First syncs on Redis with differing numbers of workers. */
export async function measureWorkers(rig, { learners, rounds, counts }) {
  const centre = await rig.centre(learners);
  const redis = await rig.redis();
  const results = await takeRounds(rig, rounds, counts, async (workers) => {
    await redis.clear();
    return runProduct(rig, centre, { workers, redisUrl: redis.url });
  });
  return results.map((round) => ({ byWorkers: round, centre }));
}

/** The sides take turns, and every other round in opposite order. */
async function takeRounds(rig, rounds, sides, run) {
  const results = [];
  for (let round = 1; round <= rounds; round += 1) {
    const result = {};
    for (const side of round % 2 === 1 ? sides : [...sides].reverse()) {
      result[side] = await run(side);
      rig.say(`round ${round} of ${rounds}, ${side}: ${describe(result[side])}`);
    }
    results.push(result);
  }
  return results;
}

async function runLimit(rig, centre) {
  const database = await rig.databases.create(centre.template);
  const { endpoint, parts } = centre;
  const { today } = rig;
  const result = await askOne(rig, LIMIT, 'the limit', 'sync', {
    ...{ endpoint, parts, today, databaseUrl: database.url },
  });
  const registry = await describeRegistry(database.url);
  await database.drop();
  return { ...result, registry };
}

/** A second pass of a warm process, as the product's second sync is. */
async function runParse(rig, { endpoint, parts }) {
  return askOne(rig, LIMIT, 'the parser', 'parse', { endpoint, parts }, 2);
}

async function runNaive(rig, centre) {
  const database = await rig.databases.create(centre.template);
  const parts = centre.parts.slice(0, Math.ceil(centre.parts.length / NAIVE_SHARE));
  const result = await askOne(rig, NAIVE, 'the naive peer', 'sync', {
    ...{ wsdl: centre.wsdl, parts, databaseUrl: database.url },
  });
  await database.drop();
  return result;
}

async function runTwice(rig, centre) {
  return runProduct(rig, centre, { again: true });
}

/**
 * A first sync by fresh workers on a fresh database; `again`: and the same once more;
 * `counts`: the rows are only counted, as nobody compares them with the limit's.
 */
async function runProduct(rig, centre, options) {
  const { workers = 1, redisUrl, again = false, counts = false } = options;
  const database = await rig.databases.create(centre.template);
  const boundMs = 20 * MINUTE_MS;
  const product = await startProduct(rig, centre, database.url, {
    ...{ workers, boundMs, ...(redisUrl && { redisUrl }) },
  });
  await product.begin();
  const { seconds, parts, phases } = await product.run('sync_students');
  const seen = await product.read();
  const registry = await (counts ? countRegistry : describeRegistry)(database.url);
  const problem = compareRegistries(
    { learners: centre.learners, parts: centre.groups },
    { registry, parts },
  );
  sayPhases(rig, 'first', phases);
  if (again) await product.begin();
  const second = again ? await product.run('sync_students') : null;
  const [{ cpuSeconds: secondCpu }] = await product.read();
  if (second !== null && second.unchanged !== centre.learners) {
    throw new Error(`The second sync took ${second.unchanged} learners for unchanged.`);
  }
  if (second !== null)
    sayPhases(rig, `again (${secondCpu.toFixed(2)} s of processor time)`, second.phases);
  await product.stop();
  await database.drop();
  if (problem !== null) throw new Error(problem);
  return {
    ...{ seconds, registry, secondSeconds: second?.seconds ?? null },
    delayP99Ms: Math.max(...seen.map((worker) => worker.delayP99Ms)),
    delayMaxMs: Math.max(...seen.map((worker) => worker.delayMaxMs)),
    peakMb: Math.max(...seen.map((worker) => worker.peakMb)),
    cpuSeconds: cpuOf(seen),
  };
}

/** Starts a script, asks it one thing (`times` over, for the last answer), and ends it. */
async function askOne(rig, program, name, question, argument, times = 1) {
  const child = await rig.children.start(program, { name, boundMs: 10 * MINUTE_MS });
  let answer;
  for (let time = 1; time <= times; time += 1) answer = await child.ask(question, argument);
  await child.stop();
  return answer;
}

function sayPhases(rig, name, phases) {
  const each = Object.entries(phases).map(([phase, seconds]) => `${phase} ${seconds.toFixed(2)}`);
  rig.say(`  ${name}: ${each.join(', ')} s`);
}

const cpuOf = (workers) => workers.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);

function describe({ seconds, cpuSeconds, peakMb }) {
  const memory = peakMb === undefined ? '' : `, ${Math.round(peakMb)} MB`;
  return `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor time${memory})`;
}
