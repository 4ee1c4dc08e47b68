// What all experiments share: one PostgreSQL server, one Redis, a contract, and
// centres of some sizes, each with its simulator and a database ready for its learners.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase, openDatabase } from '@passerelle/db';
import { BUILT_IN_CONTRACT } from '@passerelle/netypareo';
import { migrateQueue } from '@passerelle/queue';
import { todayIn } from '@passerelle/roster';
import { createChildren } from './children.mjs';
import { openDatabases, withClient } from './databases.mjs';
import { startProduct } from './product.mjs';
import { startRedis } from './redis.mjs';

/** Learners in a group, and so in a part. */
const GROUP_SIZE = 500;
const MINUTE_MS = 60_000;
const PREPARING = ['update_caches', 'sync_sites', 'sync_groups'];

/**
 * @param {{ say: (text: string) => void, nodeOptions?: string[] }} options `nodeOptions`:
 *   for the workers, to profile them
 */
export async function openRig({ say, nodeOptions = [] }) {
  const directory = await mkdtemp(join(tmpdir(), 'passerelle-bench-'));
  const children = createChildren();
  const closers = [() => rm(directory, { recursive: true, force: true })];
  const close = once(async () => {
    await children.stopAll();
    for (const closer of closers.reverse()) await closer();
  });
  try {
    const log = { info() {}, warn: say };
    const server = await openDatabase({ dataDir: join(directory, 'database'), log });
    closers.push(() => server.release());
    const databases = await openDatabases(server.url);
    closers.push(() => databases.close());
    const contract = await writeContract(directory);
    const today = todayIn('Europe/Paris', new Date());
    const rig = { directory, children, databases, contract, today, nodeOptions, say, close };
    const redis = once(async () => {
      const started = await startRedis(directory);
      closers.push(() => started.stop());
      return started;
    });
    const centres = new Map();
    return {
      ...rig,
      redis,
      /**
       * A centre of so many learners, made when first asked for; `lean`: their records
       * do not repeat what their codes stand for, which is half as much to render and read;
       * `groups`: in how many groups they are, and so parts.
       */
      centre(learners, { lean = false, groups = groupsOf(learners) } = {}) {
        const key = `${learners} ${groups} ${lean}`;
        if (!centres.has(key)) centres.set(key, openCentre(rig, { learners, groups, lean }));
        return centres.get(key);
      },
      /**
       * Another server of a centre, which bears load as told (settings of the simulator,
       * docs/simulator.md): the centre with `control`, `stats` and `stop`.
       */
      async copyOf(centre, load) {
        const { learners, groups, lean } = centre;
        const { served, ...asks } = await startServer(rig, { learners, groups, lean, load });
        return { ...centre, ...served, ...asks };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The built-in contract, but learners are read group by group. */
async function writeContract(directory) {
  const text = await readFile(BUILT_IN_CONTRACT, 'utf8');
  const pattern =
    /(\n {2}students:\n(?: {4}.*\n)*? {4}split: )\[period, site\]\n(?: {4}#.*\n)* {4}finest: group\n/;
  if (!pattern.test(text)) throw new Error('The built-in contract splits students otherwise now.');
  const file = join(directory, 'contract.yaml');
  await writeFile(file, text.replace(pattern, '$1[period, group]\n'));
  return file;
}

const groupsOf = (learners) => Math.max(1, Math.round(learners / GROUP_SIZE));

async function openCentre(rig, { learners, groups, lean }) {
  rig.say(`Preparing ${learners} learners in ${groups} groups…`);
  const { served, stop } = await startServer(rig, { learners, groups, lean });
  const template = await makeTemplate(rig, served);
  const servedMbPerSecond = await measureServing(rig, served);
  return { learners, groups, lean, ...served, template, servedMbPerSecond, stop };
}

async function startServer(rig, options) {
  const simulator = await rig.children.start(new URL('children/simulator.mjs', import.meta.url), {
    ...{ name: 'the simulator', boundMs: 60 * MINUTE_MS, execArgv: ['--max-old-space-size=8192'] },
  });
  const served = await simulator.ask('start', { ...options, today: rig.today });
  return {
    served,
    control: (request) => simulator.ask('control', request),
    stats: () => simulator.ask('stats'),
    stop: simulator.stop,
  };
}

/** A migrated database that knows what learners refer to: code tables, sites, groups. */
async function makeTemplate(rig, centre) {
  const database = await rig.databases.create();
  await migrateDatabase(database.url);
  const backend = { kind: 'postgres', url: database.url };
  await migrateQueue({ backend, namespace: 'passerelle' });
  const product = await startProduct(rig, centre, database.url, { boundMs: 5 * MINUTE_MS });
  for (const task of PREPARING) await product.run(task);
  await product.stop();
  await withClient(database.url, (client) => client.query('ANALYZE definitions, sites, groups'));
  return database.name;
}

/** How fast the answers can be had, by one who does not look at them. */
async function measureServing(rig, { endpoint, parts }) {
  const reader = await rig.children.start(new URL('children/limit.mjs', import.meta.url), {
    ...{ name: 'the download', boundMs: 5 * MINUTE_MS },
  });
  await reader.ask('download', { endpoint, parts });
  const { bytes, seconds } = await reader.ask('download', { endpoint, parts });
  await reader.stop();
  return bytes / 1e6 / seconds;
}

/** Does it at the first call, and answers the same ever after. */
function once(work) {
  let result;
  return () => (result ??= work());
}
