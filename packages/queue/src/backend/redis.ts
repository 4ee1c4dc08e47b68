import { Redis, type RedisOptions } from 'ioredis';
import { bullmq } from '../bullmq.js';
import { type BackendUse, type QueueBackend, RECALL_FROM_MS } from './backend.js';

const MAX_RECONNECT_DELAY_MS = 2_000;

/**
 * The queue on Redis. One connection; BullMQ adds one per worker, for its
 * blocking wait.
 */
export function openRedisBackend(url: string, use: BackendUse): QueueBackend {
  const client = new Redis(url, connectionOptions(use));
  client.on('error', use.onError);
  return {
    factory: bullmq.createRedisBackend,
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
    recall: async (queues, nowMs) => {
      for (const queue of queues) await recallDelayed(client, `${use.namespace}:${queue}`, nowMs);
    },
    close: async (force) => {
      if (force || client.status !== 'ready') client.disconnect();
      else await client.quit();
    },
  };
}

/** The score of a delayed job is its time with twelve bits more, which keep the order. */
const SCORE_OF_MS = 0x1000;

/** Locks need none of it: Redis itself lets them expire. */
async function recallDelayed(client: Redis, queueKey: string, nowMs: number): Promise<void> {
  const key = `${queueKey}:delayed`;
  const latestMs = nowMs + RECALL_FROM_MS;
  const ids = await client.zrangebyscore(key, latestMs * SCORE_OF_MS, '+inf');
  for (const id of ids) {
    const [score, delay] = await Promise.all([
      client.zscore(key, id),
      client.hget(`${queueKey}:${id}`, 'delay'),
    ]);
    if (Number(score) / SCORE_OF_MS - Number(delay) <= latestMs) continue;
    await client.zadd(key, 'XX', nowMs * SCORE_OF_MS, id);
  }
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
