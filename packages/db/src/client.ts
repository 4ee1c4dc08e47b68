import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';

export type { PrismaClient } from './generated/client.js';

/**
 * The Prisma client over a pool of its own; nothing is connected before the
 * first query.
 *
 * @param url connection string
 * @param options.poolSize connections at most; keep the sum over all processes
 *   below the server's `max_connections`
 * @param options.warn told of connections that broke while idle
 */
export function createClient(
  url: string,
  options: { poolSize: number; warn: (message: string) => void },
): PrismaClient {
  const lost = (error: Error) =>
    options.warn(`A database connection was lost (${describe(error)}).`);
  const adapter = new PrismaPg(
    { connectionString: url, max: options.poolSize, connectionTimeoutMillis: 30_000 },
    { onPoolError: lost, onConnectionError: lost },
  );
  return new PrismaClient({ adapter });
}

/** A driver's message may quote what was sent; its code does not. */
function describe(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
