// What Passerelle adds to the call that validates a login: throttling, a permit, the
// registry, and what is written down of it.
import { withClient } from './databases.mjs';
import { median } from './statistics.mjs';

const LOGINS = new URL('children/logins.mjs', import.meta.url);
const BOUND_MS = 10 * 60_000;
const LEARNERS = 1_000;
const P99_BAR_MS = 10;
const WARM_UP = 50;
/** How long the server takes for a call: always the same. */
const SERVER = { latencyMs: 20, jitter: 0 };

/**
 * The same login again and again, and the bare call by turns; percentiles of the one less
 * those of the other.
 *
 * @param {object} rig
 * @param {{ logins: number, rounds: number }} size
 */
export async function judgeLogins(rig, { logins, rounds }) {
  const centre = await rig.centre(LEARNERS, { lean: true });
  const server = await rig.copyOf(centre, SERVER);
  const database = await rig.databases.create(centre.template);
  await withClient(database.url, (client) =>
    client.query(
      `INSERT INTO users (kind, code, login, last_name, first_name, search_name,
                          search_first_name, content_hash)
       VALUES ('student', '1', $1, 'X', 'Y', 'x y', 'y x', '')`,
      [server.account.username],
    ),
  );
  const child = await rig.children.start(LOGINS, { name: 'the logins', boundMs: BOUND_MS });
  const { wsdl, endpoint, account } = server;
  await child.ask('open', { wsdl, endpoint, account, databaseUrl: database.url, hardCap: 4 });
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push(await child.ask('pairs', { times: logins, warmUp: WARM_UP }));
    rig.say(`logins: ${JSON.stringify(results.at(-1))}`);
  }
  await child.stop();
  await server.stop();
  await database.drop();
  const added = (name) => median(results.map(({ bare, product }) => product[name] - bare[name]));
  const p99Ms = added('p99Ms');
  const bareMs = median(results.map(({ bare }) => bare.p50Ms));
  return {
    value: added('p50Ms'),
    detail: `p99 ${p99Ms.toFixed(1)} ms more (≤ ${P99_BAR_MS} ms); the call itself ${bareMs.toFixed(1)} ms`,
    fails: p99Ms > P99_BAR_MS ? `p99 more than ${P99_BAR_MS} ms` : '',
  };
}
