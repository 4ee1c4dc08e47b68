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
  const client = new pg.Client({ connectionString: choice.url });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  await client.end();
  return rows[0]?.count ?? 0;
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

async function dumpPostgres(url: string, namespace: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1',
    [namespace],
  );
  const lines: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await client.query(`SELECT * FROM "${namespace}"."${name}"`);
    lines.push(JSON.stringify(rows));
  }
  await client.end();
  return lines.join('\n');
}

/** What an administrator's accident does. */
export async function loseQueue(backend: TestBackend, namespace: string): Promise<void> {
  if (backend.kind === 'redis') {
    const client = new Redis(backend.choice.url);
    await client.flushall();
    await client.quit();
    return;
  }
  const client = new pg.Client({ connectionString: backend.choice.url });
  await client.connect();
  await client.query(`DROP SCHEMA "${namespace}" CASCADE`);
  await client.end();
}
