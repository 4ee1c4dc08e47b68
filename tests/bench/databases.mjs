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
  const at = (name) => {
    const own = new URL(url);
    own.pathname = `/${name}`;
    return own.href;
  };
  const drop = (name) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return {
    /** A new database; a copy where a template is named. */
    async create(template = 'template0') {
      const name = `bench_${randomUUID().replaceAll('-', '')}`;
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      // What the copying left to be written must not burden what is measured.
      await admin.query('CHECKPOINT');
      return { name, url: at(name), drop: () => drop(name) };
    },
    close: () => admin.end(),
  };
}

/** Runs some work with a connection to a database. */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
