import { randomUUID } from 'node:crypto';
import pg from 'pg';

/**
 * Databases on one server. Each measured run has one of its own, copied from a template.
 *
 * @param {string} url the server, as a connection string
 */
export async function openDatabases(url) {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  let last = Promise.resolve();
  // Some experiments have several runs under way; a connection does one thing at a time.
  const inTurn = (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const at = (name) => {
    const own = new URL(url);
    own.pathname = `/${name}`;
    return own.href;
  };
  const drop = (name) => inTurn(() => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  return {
    /** A new database; a copy where a template is named. */
    async create(template = 'template0') {
      const name = `bench_${randomUUID().replaceAll('-', '')}`;
      await inTurn(async () => {
        await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
        // What the copying left to be written must not burden what is measured.
        await admin.query('CHECKPOINT');
      });
      return { name, url: at(name), drop: () => drop(name) };
    },
    close: () => admin.end(),
  };
}

/** Runs some work with a connection to a database. */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  // A server that ends while nobody asks it anything: whoever asks next hears of it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
