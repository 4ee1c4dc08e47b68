import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { endProcess, freePort, startServer } from './spawned.js';

export interface TestRedis {
  url: string;
  pid: number;
  /** Forgets everything, as an administrator's FLUSHALL does. */
  flush(): Promise<void>;
  /** Ends it; what it held is written to its disk only if it is `kept`. */
  halt(kept: boolean): Promise<void>;
  /** Starts it again with what was kept. */
  start(): Promise<void>;
  /** Ends it and starts an empty one in its place. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A Redis server of the test's own, in memory only, on a free port.
 *
 * @throws Error if Debian's redis-server is not installed
 */
export async function startRedis(): Promise<TestRedis> {
  requireRedisServer();
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'passerelle-redis-'));
  const start = () =>
    startServer(
      'redis-server',
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
        ...['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'],
      ],
      (output) => output.includes('Ready to accept connections'),
    );
  let child = await start();
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    flush: () => tell(url, (client) => client.flushall()),
    halt: async (kept) => {
      if (kept) await tell(url, (client) => client.save());
      await endProcess(child, 'SIGKILL');
    },
    start: async () => {
      child = await start();
    },
    restart: async () => {
      await endProcess(child, 'SIGTERM');
      child = await start();
    },
    stop: async () => {
      await endProcess(child, 'SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function tell(url: string, command: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(url);
  await command(client);
  await client.quit();
}

function requireRedisServer(): void {
  const { error } = spawnSync('redis-server', ['--version']);
  if (error)
    throw new Error(
      'These tests need a Redis server, which is not installed: run `apt-get install redis-server`.',
    );
}
