import {
  type AlertStore,
  type AuditLog,
  type BulkRetryStore,
  type FiguresReader,
  type GrantStore,
  initialState,
  type LoginDirectory,
  type LoginThrottle,
  type LoginVerifierStore,
  type MemberStore,
  overloadSettings,
  type PersonalData,
  type PlaceDirectory,
  type PlanReader,
  type Protections,
  type Quarantine,
  type Registry,
  type Retention,
  type RunEvents,
  type RunStore,
  type SessionStore,
  type SetupLinkStore,
  type SourceState,
  type SourceStateStore,
  type TaskStore,
  type TokenStore,
  type UserDirectory,
} from '@passerelle/sync';
import { createAlertStore } from './alerts/alert-store.js';
import { createAuditLog } from './access/audit-log.js';
import { createGrantStore } from './access/grant-store.js';
import { createSessionStore } from './access/session-store.js';
import { createSetupLinkStore } from './access/setup-link-store.js';
import { createTokenStore } from './access/token-store.js';
import { openConnections } from './client.js';
import { createPlaceDirectory } from './directory/place-directory.js';
import { createFiguresReader } from './figures/figures-reader.js';
import { createLoginDirectory } from './logins/login-directory.js';
import { createLoginThrottle } from './logins/login-throttle.js';
import { createLoginVerifiers } from './logins/login-verifiers.js';
import { createPersonalData } from './personal/personal-data.js';
import { createPlanReader } from './plan/plan-reader.js';
import { createProtections } from './protections/protections.js';
import { createRegistry } from './registry.js';
import { createPermitBell } from './source/permit-bell.js';
import { createSourceStateStore } from './source/source-state-store.js';
import { createBulkRetryStore } from './stores/bulk-retries.js';
import { createMemberStore } from './stores/member-store.js';
import { createQuarantine } from './stores/quarantine.js';
import { createRetention } from './stores/retention.js';
import { createRunEvents } from './stores/run-events.js';
import { createRunStore } from './stores/run-store.js';
import { createTaskStore } from './stores/task-store.js';
import { createUserDirectory } from './stores/user-directory.js';
import { translateErrors } from './translate-errors.js';

/** The registry, as the use cases and applications see it; failures are RegistryErrors. */
export interface Database {
  runs: RunStore;
  runEvents: RunEvents;
  bulkRetries: BulkRetryStore;
  tasks: TaskStore;
  members: MemberStore;
  users: UserDirectory;
  places: PlaceDirectory;
  personal: PersonalData;
  protections: Protections;
  quarantine: Quarantine;
  retention: Retention;
  registry: Registry;
  plans: PlanReader;
  sourceState: SourceStateStore;
  alerts: AlertStore;
  figures: FiguresReader;
  grants: GrantStore;
  tokens: TokenStore;
  sessions: SessionStore;
  setupLinks: SetupLinkStore;
  audit: AuditLog;
  loginThrottle: LoginThrottle;
  loginPeople: LoginDirectory;
  loginVerifiers: LoginVerifierStore;
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
  const connections = openConnections(url, { poolSize, warn: (message) => log.warn(message) });
  const { client, ask } = connections;
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
      await connections.close();
    },
  };
  return {
    runs: translateErrors('runs', createRunStore(client, ask)),
    runEvents: translateErrors('runEvents', createRunEvents(client)),
    bulkRetries: translateErrors('bulkRetries', createBulkRetryStore(client)),
    tasks: translateErrors('tasks', createTaskStore(client)),
    members: translateErrors('members', createMemberStore(client)),
    users: translateErrors('users', createUserDirectory(client)),
    places: translateErrors('places', createPlaceDirectory(client)),
    personal: translateErrors('personal', createPersonalData(client)),
    protections: translateErrors('protections', createProtections(client)),
    quarantine: translateErrors('quarantine', createQuarantine(client)),
    retention: translateErrors('retention', createRetention(client)),
    registry: translateErrors('registry', createRegistry(client)),
    plans: translateErrors('plans', createPlanReader(client)),
    sourceState: translateErrors(
      'sourceState',
      createSourceStateStore(connections, { initial, bell }),
    ),
    alerts: translateErrors('alerts', createAlertStore(client)),
    figures: translateErrors('figures', createFiguresReader(client)),
    grants: translateErrors('grants', createGrantStore(client)),
    tokens: translateErrors('tokens', createTokenStore(client, ask)),
    sessions: translateErrors('sessions', createSessionStore(client)),
    setupLinks: translateErrors('setupLinks', createSetupLinkStore(client)),
    audit: translateErrors('audit', createAuditLog(client)),
    loginThrottle: translateThrottle(createLoginThrottle(connections)),
    loginPeople: translateErrors('loginPeople', createLoginDirectory(ask)),
    loginVerifiers: translateErrors('loginVerifiers', createLoginVerifiers(client)),
    ...translateErrors('database', connection),
  };
}

/** What it hands out is part of it. */
function translateThrottle(throttle: LoginThrottle): LoginThrottle {
  return translateErrors('loginThrottle', {
    claim: async (...args: Parameters<LoginThrottle['claim']>) => {
      const answer = await throttle.claim(...args);
      return 'waitMs' in answer ? answer : translateErrors('loginThrottle', answer);
    },
  });
}
