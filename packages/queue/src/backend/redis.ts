import { createRedisBackend } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { BackendUse, QueueBackend } from './backend.js';

const MAX_RECONNECT_DELAY_MS = 2_000;

/**
 * The queue on Redis. One connection; BullMQ adds one per worker, for its
 * blocking wait.
 */
export function openRedisBackend(url: string, use: BackendUse): QueueBackend {
  const client = new Redis(url, connectionOptions(use));
  client.on('error', use.onError);
  return {
    factory: createRedisBackend,
    connection: client,
    prefix: use.namespace,
    ready: async () => {
      await client.ping();
    },
    ping: async () => {
      await client.ping();
    },
    // Redis runs each of BullMQ's scripts by itself, nothing comes between.
    exclusively: (work) => work(),
    close: async (force) => {
      if (force || client.status !== 'ready') client.disconnect();
      else await client.quit();
    },
  };
}

type ConnectionSettings = Pick<
  RedisOptions,
  'retryStrategy' | 'connectTimeout' | 'maxRetriesPerRequest' | 'commandTimeout'
>;

/** A worker waits for its server whatever it takes; a producer tells its caller. */
function connectionOptions(use: BackendUse): ConnectionSettings {
  const shared: ConnectionSettings = {
    retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_DELAY_MS),
    connectTimeout: use.timeoutMs,
  };
  return use.role === 'worker'
    ? { ...shared, maxRetriesPerRequest: null }
    : { ...shared, maxRetriesPerRequest: 1, commandTimeout: use.timeoutMs };
}
