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
