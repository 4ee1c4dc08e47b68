import { Redis } from 'ioredis';
import pg from 'pg';
import type { TestBackend } from '../../support/backends.js';

/** Clients that the server of a backend has, the one that asks left out. */
export async function countConnections({ kind, choice }: TestBackend): Promise<number> {
  if (kind === 'redis') {
    const client = new Redis(choice.url);
    const list = (await client.client('LIST')) as string;
    await client.quit();
    return list.trim().split('\n').length - 1;
  }
  return withClient(choice.url, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return rows[0]?.count ?? 0;
  });
}

/** Everything the queue has stored, as one text. */
export async function dumpQueue({ kind, choice }: TestBackend, namespace: string): Promise<string> {
  return kind === 'redis' ? dumpRedis(choice.url) : dumpPostgres(choice.url, namespace);
}

async function dumpRedis(url: string): Promise<string> {
  const client = new Redis(url);
  const lines: string[] = [];
  for (const key of await client.keys('*')) {
    const type = await client.type(key);
    if (type === 'hash') lines.push(JSON.stringify(await client.hgetall(key)));
    if (type === 'stream') lines.push(JSON.stringify(await client.xrange(key, '-', '+')));
  }
  await client.quit();
  return lines.join('\n');
}

function dumpPostgres(url: string, namespace: string): Promise<string> {
  return withClient(url, async (client) => {
    const tables = await client.query<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1',
      [namespace],
    );
    const lines: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query(`SELECT * FROM "${namespace}"."${name}"`);
      lines.push(JSON.stringify(rows));
    }
    return lines.join('\n');
  });
}

/** What an administrator's accident does. */
export async function loseQueue(backend: TestBackend, namespace: string): Promise<void> {
  if (backend.kind === 'redis') {
    const client = new Redis(backend.choice.url);
    await client.flushall();
    await client.quit();
    return;
  }
  await withClient(backend.choice.url, (client) => dropSchema(client, namespace));
}

/** Cuts every connection but the one that asks. */
export async function cutConnections({ kind, choice }: TestBackend): Promise<void> {
  if (kind === 'redis') {
    const client = new Redis(choice.url);
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await client.quit();
    return;
  }
  await withClient(choice.url, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    ),
  );
}

/** The workers go on using the schema meanwhile, which may end in a deadlock. */
async function dropSchema(client: pg.Client, namespace: string): Promise<void> {
  const sql = `DROP SCHEMA IF EXISTS "${namespace}" CASCADE`;
  await client.query(sql).catch((error: unknown) => {
    if (error instanceof pg.DatabaseError && error.code === '40P01')
      return dropSchema(client, namespace);
    throw error;
  });
}

async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
