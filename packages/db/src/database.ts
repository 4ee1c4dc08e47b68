import { createClient } from './client.js';

/** The registry, as the use cases and applications see it. */
export interface Database {
  /** Resolves if the database answers. */
  ping(): Promise<void>;
  /** Ends the connections. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections at most. */
  poolSize: number;
  log: { warn(message: string): void };
}

/**
 * Opens the registry. Nothing is connected before the first query.
 *
 * @param url connection string of a migrated database
 */
export function createDatabase(url: string, { poolSize, log }: DatabaseOptions): Database {
  const client = createClient(url, { poolSize, warn: (message) => log.warn(message) });
  return {
    ping: async () => {
      await client.$queryRaw`SELECT 1`;
    },
    close: () => client.$disconnect(),
  };
}
