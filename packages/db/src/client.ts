import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.js';
import { type Ask, createAsk } from './statements.js';

export type { PrismaClient } from './generated/client.js';

/** The ways to the database, on one pool of connections. */
export interface Connections {
  client: PrismaClient;
  /** For the few statements that all requests make. */
  ask: Ask;
  close(): Promise<void>;
}

/**
 * Opens the pool; nothing is connected before the first query.
 *
 * @param url connection string
 * @param options.poolSize connections at most; keep the sum over all processes
 *   below the server's `max_connections`
 * @param options.warn told of connections that broke while idle
 */
export function openConnections(
  url: string,
  options: { poolSize: number; warn: (message: string) => void },
): Connections {
  const lost = (error: Error): void =>
    options.warn(`A database connection was lost (${describe(error)}).`);
  const pool = new pg.Pool({
    ...{ connectionString: url, max: options.poolSize, connectionTimeoutMillis: 30_000 },
    onConnect: doNotCompile,
  });
  pool.on('error', lost);
  const client = new PrismaClient({ adapter: new PrismaPg(pool, { onConnectionError: lost }) });
  return {
    client,
    ask: createAsk(pool),
    close: async () => {
      await client.$disconnect();
      await pool.end();
    },
  };
}

/**
 * PostgreSQL compiles what it takes for a long query, where it was built to. Lists of those whom
 * a caller may see look long to it: compiling took more than a second for some milliseconds' work.
 *
 * @returns what the pool waits for, although its types do not say so
 */
function doNotCompile(connection: pg.ClientBase): unknown {
  return connection.query('SET jit = off');
}

/** A driver's message may quote what was sent; its code does not. */
function describe(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
