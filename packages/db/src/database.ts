import type { MemberStore, Registry, RunStore, TaskStore, UserDirectory } from '@passerelle/sync';
import { createClient } from './client.js';
import { createRegistry } from './registry.js';
import { createMemberStore } from './stores/member-store.js';
import { createRunStore } from './stores/run-store.js';
import { createTaskStore } from './stores/task-store.js';
import { createUserDirectory } from './stores/user-directory.js';

/** The registry, as the use cases and applications see it. */
export interface Database {
  registry: Registry;
  runs: RunStore;
  tasks: TaskStore;
  members: MemberStore;
  users: UserDirectory;
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
    registry: createRegistry(client),
    runs: createRunStore(client),
    tasks: createTaskStore(client),
    members: createMemberStore(client),
    users: createUserDirectory(client),
    ping: async () => {
      await client.$queryRaw`SELECT 1`;
    },
    close: () => client.$disconnect(),
  };
}
