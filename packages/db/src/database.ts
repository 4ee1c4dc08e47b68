import {
  initialState,
  type MemberStore,
  overloadSettings,
  type PersonalData,
  type PlanReader,
  type Protections,
  type Quarantine,
  type Registry,
  type Retention,
  type RunStore,
  type SourceState,
  type SourceStateStore,
  type TaskStore,
  type UserDirectory,
} from '@passerelle/sync';
import { createClient } from './client.js';
import { createPersonalData } from './personal/personal-data.js';
import { createPlanReader } from './plan/plan-reader.js';
import { createProtections } from './protections/protections.js';
import { createRegistry } from './registry.js';
import { createPermitBell } from './source/permit-bell.js';
import { createSourceStateStore } from './source/source-state-store.js';
import { createMemberStore } from './stores/member-store.js';
import { createQuarantine } from './stores/quarantine.js';
import { createRetention } from './stores/retention.js';
import { createRunStore } from './stores/run-store.js';
import { createTaskStore } from './stores/task-store.js';
import { createUserDirectory } from './stores/user-directory.js';
import { translateErrors } from './translate-errors.js';

/** The registry, as the use cases and applications see it; failures are RegistryErrors. */
export interface Database {
  runs: RunStore;
  tasks: TaskStore;
  members: MemberStore;
  users: UserDirectory;
  personal: PersonalData;
  protections: Protections;
  quarantine: Quarantine;
  retention: Retention;
  registry: Registry;
  plans: PlanReader;
  sourceState: SourceStateStore;
  /** Resolves if the database answers. */
  ping(): Promise<void>;
  /** The server's version, such as `18.0`. */
  version(): Promise<string>;
  /** The server's clock. */
  time(): Promise<Date>;
  /** Ends the connections. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections at most; keep the sum over all processes below the server's `max_connections`. */
  poolSize: number;
  log: { warn(message: string): void };
  /** What a source that was never met is taken for. */
  initialSource?: SourceState;
}

/** Neither the hard cap nor the server's time limit is part of it. */
const NEVER_MET = initialState(
  overloadSettings({ hardCap: 1, serverLimitMs: 0, restMs: 0, retryBaseMs: 0 }),
);

/**
 * Opens the registry. Nothing is connected before the first query.
 *
 * @param url connection string of a migrated database
 */
export function createDatabase(url: string, options: DatabaseOptions): Database {
  const { poolSize, log, initialSource: initial = NEVER_MET } = options;
  const client = createClient(url, { poolSize, warn: (message) => log.warn(message) });
  const bell = createPermitBell(url);
  const connection = {
    ping: async () => {
      await client.$queryRaw`SELECT 1`;
    },
    version: async () => {
      const rows = await client.$queryRaw<{ server_version: string }[]>`SHOW server_version`;
      return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
    },
    time: async () => {
      const [row] = await client.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
      if (row === undefined) throw new Error('The database did not tell the time.');
      return row.now;
    },
    close: async () => {
      await bell.close();
      await client.$disconnect();
    },
  };
  return {
    runs: translateErrors('runs', createRunStore(client)),
    tasks: translateErrors('tasks', createTaskStore(client)),
    members: translateErrors('members', createMemberStore(client)),
    users: translateErrors('users', createUserDirectory(client)),
    personal: translateErrors('personal', createPersonalData(client)),
    protections: translateErrors('protections', createProtections(client)),
    quarantine: translateErrors('quarantine', createQuarantine(client)),
    retention: translateErrors('retention', createRetention(client)),
    registry: translateErrors('registry', createRegistry(client)),
    plans: translateErrors('plans', createPlanReader(client)),
    sourceState: translateErrors('sourceState', createSourceStateStore(client, { initial, bell })),
    ...translateErrors('database', connection),
  };
}
