// P9: how many syncs a second can be asked for over the API, against Fastify and
// BullMQ's add with nothing in between, on the same PostgreSQL.
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createDatabase, migrateDatabase } from '@passerelle/db';
import { migrateQueue } from '@passerelle/queue';
import { TASK_NAMES } from '@passerelle/roster';
import { mintSecret, tokenText } from '@passerelle/sync';
import { withClient } from './databases.mjs';
import { productEnvironment, waitForMembers } from './product.mjs';

const CLI = new URL('../../apps/cli/dist/main.js', import.meta.url);
const BARE = new URL('children/bare-enqueue.mjs', import.meta.url);
const WATCH = new URL('children/watch-process.mjs', import.meta.url);
const NAMESPACE = 'passerelle';
const BOUND_MS = 300_000;
const WARM_MS = 1_000;
/** As in the test that kills processes while clients ask. */
const CLIENTS = 20;
const silent = { info() {}, warn() {}, error() {}, debug() {}, child: () => silent };

/**
 * @param {object} rig
 * @param {{ rounds: number, seconds: number }} size
 * @returns {Promise<{ product: number, bare: number }[]>} requests a second, by round
 */
export async function measureEnqueueing(rig, { rounds, seconds }) {
  const database = await prepareDatabase(rig);
  const sides = [await startBare(rig, database.url), await startApi(rig, database.url)];
  for (const side of sides) await load(side, WARM_MS);
  // As autovacuum does in the first minute: without it, it is a matter of luck which plans either side has.
  await withClient(database.url, (client) => client.query('ANALYZE'));
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push({});
    for (const side of sides) results[round][side.name] = await load(side, seconds * 1_000);
    rig.say(`P9 round ${round + 1}: ${describe(results[round])}`);
  }
  for (const side of sides) await side.stop();
  await database.drop();
  return results;
}

export const describe = ({ product, bare }) =>
  `${Math.round(product)} requests/s over the API, ${Math.round(bare)} over Fastify and BullMQ alone`;

/** A task is run once at a time: here a run is over as soon as it is there, and put on the queue all the same. */
const END_AT_ONCE = `
  CREATE FUNCTION end_at_once() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.state := ''cancelled''; NEW.ended_at := now(); RETURN NEW; END';
  CREATE TRIGGER end_at_once BEFORE INSERT ON sync_runs
    FOR EACH ROW EXECUTE FUNCTION end_at_once()`;

async function prepareDatabase(rig) {
  const database = await rig.databases.create();
  await migrateDatabase(database.url);
  await migrateQueue({ backend: { kind: 'postgres', url: database.url }, namespace: NAMESPACE });
  await withClient(database.url, (client) => client.query(END_AT_ONCE));
  return database;
}

async function startBare(rig, databaseUrl) {
  const child = await rig.children.start(BARE, { name: 'the bare server', boundMs: BOUND_MS });
  const { url } = await child.ask('start', { databaseUrl, schema: NAMESPACE });
  const pathOf = (task) => `/tasks/${task}/runs`;
  return { name: 'bare', url, pathOf, headersOf: () => ({}), stop: child.stop };
}

async function startApi(rig, databaseUrl) {
  const port = await freePort();
  const env = {
    ...productEnvironment(rig, { wsdl: 'http://netypareo.example/ws?wsdl' }, databaseUrl),
    PORT: String(port),
  };
  const child = await rig.children.start(CLI, {
    ...{ name: 'passerelle api', args: ['api'], boundMs: BOUND_MS, cwd: rig.directory, env },
    execArgv: ['--import', WATCH.href, ...rig.nodeOptions],
  });
  await waitForMembers(databaseUrl, [child], 'api');
  const tokens = await makeTokens(databaseUrl);
  const pathOf = (task) => `/api/v1/tasks/${task}/runs`;
  const url = `http://127.0.0.1:${port}`;
  const headersOf = (client) => ({ authorization: `Bearer ${tokens[client]}` });
  return { name: 'product', url, pathOf, headersOf, stop: child.stop };
}

/** A program each: how much one may ask for in a minute is limited. */
async function makeTokens(databaseUrl) {
  const database = createDatabase(databaseUrl, { poolSize: 1, log: silent });
  const right = { name: 'bench', capabilities: ['auth/netypareo:sync'], siteCodes: [] };
  const author = { by: 'cli:bench', reason: null, from: null };
  const tokens = [];
  for (let client = 0; client < CLIENTS; client += 1) {
    const { secret, hash } = mintSecret();
    const asked = { ...right, expiresAt: null, hash };
    const { id } = await database.tokens.createToken(asked, author, new Date());
    tokens.push(tokenText(id, secret));
  }
  await database.close();
  return tokens;
}

/** Clients, each asking again as soon as it is answered. */
async function load({ url, pathOf, headersOf }, ms) {
  const begun = performance.now();
  const counts = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const task = TASK_NAMES[client % TASK_NAMES.length];
      // An address each: what one may ask for in a minute is limited too.
      const agent = new Agent({ keepAlive: true, localAddress: `127.0.0.${client + 2}` });
      const headers = headersOf(client);
      let count = 0;
      while (performance.now() - begun < ms) {
        await post(agent, `${url}${pathOf(task)}`, headers);
        count += 1;
      }
      agent.destroy();
      return count;
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

async function post(agent, url, headers) {
  const asked = request(url, { agent, headers, method: 'POST' }).end();
  const [response] = await once(asked, 'response');
  let said = '';
  for await (const piece of response) said += piece;
  if (response.statusCode !== 202) throw new Error(`${url}: ${response.statusCode} ${said}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
