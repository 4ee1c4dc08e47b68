import { Redis } from 'ioredis';
import type pg from 'pg';

/** PASSERELLE_QUEUE_PREFIX by default. */
export const QUEUE_SCHEMA = 'passerelle';

/**
 * Every row of a schema's tables as text.
 *
 * @param only these tables, each without the columns named
 */
export async function dumpTables(
  client: pg.Client,
  schema: string,
  only?: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = $1 AND table_type = 'BASE TABLE'`,
    [schema],
  );
  const tables = rows.map(({ name }) => name).filter((name) => !only || Object.hasOwn(only, name));
  const texts = [];
  for (const table of tables) {
    const answer = await client.query<{ text: string }>(
      `SELECT (to_jsonb(t) - $1::text[])::text AS text FROM ${schema}.${table} t`,
      [[...(only?.[table] ?? [])]],
    );
    texts.push(table, ...answer.rows.map(({ text }) => text));
  }
  return texts.join('\n');
}

/** Every key and value of a Redis as text. */
export async function dumpRedis(url: string): Promise<string> {
  const client = new Redis(url);
  try {
    const texts: string[] = [];
    for (const key of await client.keys('*')) {
      texts.push(key, JSON.stringify(await readKey(client, key)));
    }
    return texts.join('\n');
  } finally {
    await client.quit();
  }
}

async function readKey(client: Redis, key: string): Promise<unknown> {
  const type = await client.type(key);
  if (type === 'hash') return client.hgetall(key);
  if (type === 'list') return client.lrange(key, 0, -1);
  if (type === 'set') return client.smembers(key);
  if (type === 'zset') return client.zrange(key, '0', '-1', 'WITHSCORES');
  if (type === 'stream') return client.xrange(key, '-', '+');
  return client.get(key);
}
