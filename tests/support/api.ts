import { type ApiDeps, ROUTES, startApi } from '@passerelle/api';
import { createDatabase, type Database, InvalidCursorError, RegistryError } from '@passerelle/db';
import { QueueError } from '@passerelle/queue';
import type { Access, Capability } from '@passerelle/roster';
import {
  type AuditEvent,
  mintSecret,
  type Session,
  type SyncContext,
  tokenText,
} from '@passerelle/sync';
import pg from 'pg';
import { createLog, quickOverload, type TestCluster } from './cluster.js';
import { createTestDatabase } from './database.js';
import { AT_ONCE } from './leaving.js';

/** An API in this process, on a real database, asked over HTTP as its clients ask. */
export interface TestApi {
  url: string;
  db: Database;
  sql: pg.Pool;
  /** What the audit holds, newest first. */
  audit(): Promise<AuditEvent[]>;
  /** Its log, line by line. */
  log: string[];
  clock: { now: Date };
  /** A new token that holds everywhere, or at these sites. */
  token(capabilities: readonly Capability[], siteCodes?: readonly string[]): Promise<string>;
  /** A new teacher with these rights, signed in by a session with that hash. */
  signIn(hash: string, accesses: readonly Access[]): Promise<Session>;
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

export interface AskOptions {
  /** What `token()` gave. */
  token?: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined: it is not JSON. */
  json: unknown;
}

export interface TestApiOptions {
  /** What it stands beside; by default it has a database alone, and neither queue nor source. */
  cluster?: Pick<TestCluster, 'db' | 'sql' | 'context' | 'clock' | 'queue'>;
  /** A table of the test's own. */
  routes?: typeof ROUTES;
  deps?: Partial<ApiDeps>;
}

/** Nobody waits for a test's requests. */
const UNLIMITED = { perAddress: 1_000_000, perCaller: 1_000_000, handlerMs: 10_000 };

/** Brings one up, without anybody who may do anything. */
export async function createTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const log: string[] = [];
  const place = options.cluster === undefined ? await openAlone(log) : null;
  const { db, sql, context: sync, clock } = options.cluster ?? (place as Alone);
  const running = await startApi(
    {
      listen: { host: '127.0.0.1', port: 0 },
      ...{ sync: { ...sync, log: createLog((line) => log.push(line)) } },
      ...{ plans: db.plans, users: db.users, grants: db.grants, tokens: db.tokens },
      ...{ places: db.places, personal: db.personal, quarantine: db.quarantine },
      ...{ runEvents: db.runEvents },
      ...{ sessions: db.sessions, setupLinks: db.setupLinks, audit: db.audit, faultOf },
      logins: noLogins,
      ...{ alerts: db.alerts, missing: async () => [], showTime: (at) => at.toISOString() },
      figures: {
        ...{ figures: db.figures, members: db.members, sourceState: db.sourceState },
        ...{ alerts: db.alerts, hardCap: 4, now: sync.now },
        queue: options.cluster?.queue ?? { backlog: async () => [] },
      },
      ...{ shutdownMs: 2_000, limits: UNLIMITED },
      ...options.deps,
    },
    options.routes ?? ROUTES,
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= running.stop());
  return {
    ...{ url: running.url, db, sql, log, clock, stop },
    audit: async () => (await db.audit.list({ limit: 100 })).items,
    token: (...rights) => makeToken(db, clock.now, ...rights),
    signIn: (hash, accesses) => signIn(db, sql, clock.now, hash, accesses),
    ask: (method, path, asked = {}) => ask(running.url, method, path, asked),
    dispose: async () => {
      await stop();
      await place?.close();
    },
  };
}

/** Without a source nobody logs in. */
const noLogins: ApiDeps['logins'] = {
  validateLogin: () => Promise.reject(new Error('Not part of this test.')),
  settled: async () => undefined,
};

/** As the command says it. */
function faultOf(error: unknown): ReturnType<ApiDeps['faultOf']> {
  if (error instanceof InvalidCursorError) return 'invalid_cursor';
  const passes = error instanceof RegistryError || error instanceof QueueError;
  return passes && error.retryable ? 'unreachable' : null;
}

const AUTHOR = { by: 'cli:test', reason: null, from: null };

async function makeToken(
  { tokens }: Database,
  now: Date,
  capabilities: readonly Capability[],
  siteCodes: readonly string[] = [],
): Promise<string> {
  const { secret, hash } = mintSecret();
  const token = {
    ...{ name: 'test', capabilities: [...capabilities], siteCodes: [...siteCodes] },
    ...{ expiresAt: null, hash },
  };
  return tokenText((await tokens.createToken(token, AUTHOR, now)).id, secret);
}

async function signIn(
  { grants, sessions }: Database,
  sql: pg.Pool,
  now: Date,
  hash: string,
  accesses: readonly Access[],
): Promise<Session> {
  const { rows } = await sql.query<{ id: number }>(
    `INSERT INTO users (kind, code, last_name, first_name, search_name, search_first_name, content_hash)
     VALUES ('teacher', 'T' || gen_random_uuid(), 'X', 'Y', 'x y', 'y x', '') RETURNING id`,
  );
  const userId = rows[0]?.id ?? 0;
  for (const access of accesses) {
    const { outcome } = await grants.addGrant({ ...access, userId, expiresAt: null }, AUTHOR, now);
    if (outcome !== 'done') throw new Error(`The grant was refused: ${outcome}.`);
  }
  const inAnHour = new Date(now.getTime() + 3_600_000);
  const session = { userId, createdAt: now, idleUntil: inAnHour, expiresAt: inAnHour };
  return sessions.createSession({ ...session, hash, replaces: null }, AUTHOR, now);
}

/** Asks and reads the answer. */
async function ask(
  url: string,
  method: string,
  path: string,
  { token, body, headers }: AskOptions,
): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const type = response.headers.get('content-type') ?? '';
  // Events go on and on: that they begin is enough.
  const isEndless = type.startsWith('text/event-stream');
  if (isEndless) await response.body?.cancel();
  const text = isEndless ? '' : await response.text();
  const isJson = /\bjson\b/.test(type);
  return {
    ...{ status: response.status, headers: response.headers, text },
    json: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
  };
}

/** A database and what use cases need of it; whoever calls the source or the queue fails. */
interface Alone extends Pick<TestCluster, 'db' | 'sql' | 'context' | 'clock'> {
  close(): Promise<void>;
}

async function openAlone(log: string[]): Promise<Alone> {
  const place = await createTestDatabase();
  const db = createDatabase(place.url, { poolSize: 4, log: createLog() });
  const sql = new pg.Pool({ connectionString: place.url, max: 2 });
  const clock = { now: new Date('2026-11-20T12:00:00+01:00') };
  const context = contextWithoutQueue(db, clock, log);
  await db.tasks.seedTasks(clock.now, () => null);
  return {
    ...{ db, sql, context, clock },
    close: async () => {
      await sql.end();
      await db.close();
      await place.drop();
    },
  };
}

function contextWithoutQueue(db: Database, clock: { now: Date }, log: string[]): SyncContext {
  const absent = (): never => {
    throw new Error('Not part of this test.');
  };
  const overload = quickOverload();
  return {
    ...{ runs: db.runs, tasks: db.tasks, registry: db.registry, retention: db.retention },
    keepDays: { runs: 1, changes: 1, rejected: 1, audit: 1 },
    source: {
      ...{ splitOf: absent, piecesOf: absent, mappingOf: absent, read: absent, probe: absent },
    } as unknown as SyncContext['source'],
    ...{ bulkRetries: db.bulkRetries, personal: db.personal, leaving: AT_ONCE },
    ...{ sourceState: db.sourceState, overload, attempts: 1, blackoutEnd: () => null },
    queue: {
      ...{ enqueueRun: absent, enqueueParts: absent, enqueueMoreParts: absent },
      ...{ runJobsAlive: absent, recallPutOff: absent, removeRun: absent },
      ...{ upsertSchedule: absent, removeSchedule: absent, listSchedules: absent },
    },
    ...{ now: () => clock.now, random: () => 0.5, log: createLog((line) => log.push(line)) },
    ...{ timeZone: 'Europe/Paris', periodAheadDays: 90 },
  };
}
