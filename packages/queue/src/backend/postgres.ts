import type { BackendFactory, IQueueBackend, PostgresConnection } from 'bullmq';
import { bullmq } from '../bullmq.js';
import { type BackendUse, type QueueBackend, RECALL_FROM_MS } from './backend.js';
import { createEarlyEnds } from './reporting-client.js';

/** A producer needs one for the advisory lock, and one to work under it. */
const PRODUCER_CONNECTIONS = 2;
/** Workers: beside these, one that listens for all queues of the process. */
const WORKER_CONNECTIONS = 4;

/** "PASQ": the first half of the key of the advisory lock on schedules. */
const SCHEDULES_LOCK = 0x50415351;

/**
 * The queue on PostgreSQL, in a schema of its own. BullMQ would open a pool and
 * a listening connection for each of its objects; here they share one of each.
 */
export function openPostgresBackend(url: string, use: BackendUse): QueueBackend {
  bullmq.quoteSchemaName(use.namespace);
  const connection = new bullmq.PostgresConnection({
    connectionString: url,
    schema: use.namespace,
    max: use.role === 'producer' ? (use.connections ?? PRODUCER_CONNECTIONS) : WORKER_CONNECTIONS,
    connectionTimeoutMillis: use.timeoutMs,
    keepAlive: true,
    ...(use.role === 'producer' && { query_timeout: use.timeoutMs }),
  });
  connection.setMaxListeners(0);
  mendListenClient(connection, use.onError);
  connection.on('error', use.onError);
  // pg's pool listens to the clients it holds, not to those it has lent.
  connection.pool.on('connect', (client) => client.on('error', use.onError));
  return {
    factory: sharing(connection),
    connection: {},
    prefix: '',
    ready: () => connection.waitUntilReady(),
    ping: async () => {
      await connection.pool.query('SELECT count(*) FROM migration');
    },
    exclusively: inTurn((work) => underAdvisoryLock(connection, work)),
    recall: async (queues, nowMs) => {
      for (const [statement, latestMs] of RECALLS) {
        await connection.pool.query(statement, [queues, nowMs, nowMs + latestMs]);
      }
    },
    close: () => connection.close(),
  };
}

/** No lock is that long. */
const LONGEST_LOCK_MS = 600_000;

/** $1 queues, $2 now, $3 what lies behind it is brought back; BullMQ's schema. */
const RECALLS: readonly [statement: string, latestMs: number][] = [
  [
    // An idle worker sleeps until the time it was told of, unless it is woken.
    `WITH recalled AS (
       UPDATE job SET process_at_ms = $2::bigint
        WHERE queue = ANY($1::text[]) AND state = 'delayed' AND process_at_ms - delay_ms > $3::bigint
       RETURNING queue)
     SELECT pg_notify('bullmq_jobs', queue) FROM (SELECT DISTINCT queue FROM recalled) woken`,
    RECALL_FROM_MS,
  ],
  [
    // A worker that lives has extended it by then.
    `UPDATE job SET locked_until_ms = $2::bigint + ${RECALL_FROM_MS}
      WHERE queue = ANY($1::text[]) AND state = 'active' AND locked_until_ms > $3::bigint`,
    LONGEST_LOCK_MS,
  ],
  [
    `UPDATE meta SET value = $2::bigint::text
      WHERE queue = ANY($1::text[]) AND field = 'stalled-check' AND value::bigint > $3::bigint`,
    RECALL_FROM_MS,
  ],
];

/** Builds BullMQ's objects on one connection that none of them closes. */
function sharing(connection: PostgresConnection): BackendFactory<IQueueBackend> {
  return (name, options) => {
    const backend = new bullmq.PostgresQueueBackend(
      connection,
      name,
      { ...options, connection: connection.pool },
      false,
    );
    // A backend that does not own its connection is not told that the listening
    // client was replaced: it must listen again on the new one.
    connection.on('listenerinvalidated', () => {
      void backend.disconnectBlocking().then(() => backend.reconnectBlocking());
    });
    return backend;
  };
}

/**
 * The one listening client has three weak points: all backends send it their
 * LISTENs at once, where pg wants one query at a time; BullMQ takes off its
 * error listener before it ends it, when a last error would end the process; and
 * it listens to a new one only after it has connected.
 */
function mendListenClient(connection: PostgresConnection, onError: (error: unknown) => void): void {
  const ends = createEarlyEnds(onError);
  // BullMQ makes its listening client of what it was loaded with.
  Object.assign(connection, { pgModule: { Client: ends.Client } });
  const getListenClient = connection.getListenClient.bind(connection);
  const mended = new WeakSet<object>();
  connection.getListenClient = async () => {
    const client = await getListenClient();
    if (mended.has(client)) return client;
    // Told of it, BullMQ forgets the client, and makes another when next asked.
    const reason = ends.repeat(client);
    if (reason !== undefined) throw reason;
    mended.add(client);
    const query = client.query.bind(client);
    const takeTurn = inTurn((work) => work());
    client.query = (text, params) => takeTurn(() => query(text, params));
    const removeAllListeners = client.removeAllListeners.bind(client);
    client.removeAllListeners = (event) => {
      if (event === undefined) removeAllListeners();
      else removeAllListeners(event);
      return client.on('error', onError);
    };
    return client;
  };
}

async function underAdvisoryLock<Result>(
  connection: PostgresConnection,
  work: () => Promise<Result>,
): Promise<Result> {
  const client = await connection.pool.connect();
  let broken = false;
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
      SCHEDULES_LOCK,
      connection.schema,
    ]);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = true;
    throw error;
  } finally {
    // A session thrown away gives its lock back.
    client.release(broken);
  }
}

type Exclusively = QueueBackend['exclusively'];

/**
 * One after the other within the process, so that those who wait for the lock
 * never hold all the connections its holder needs.
 */
function inTurn(exclusively: Exclusively): Exclusively {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(() => exclusively(work));
    last = turn.catch(() => undefined);
    return turn;
  };
}
