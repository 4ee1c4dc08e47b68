import { type Config, type SourceConfig, secretValues } from '@passerelle/config';
import type { Database, OpenedDatabase } from '@passerelle/db';
import { createLogger, type Logger } from '@passerelle/logging';
import type { JobQueue, QueueOptions } from '@passerelle/queue';
import { type BlackoutWindow, blackoutEnd } from '@passerelle/roster';
import {
  createSourceGate,
  initialState,
  type OverloadSettings,
  overloadSettings,
  type SyncContext,
} from '@passerelle/sync';
import { createFormat, type Format } from './output/format.js';
import type { Terminal } from './output/terminal.js';
import { findMembers } from './runtime/members.js';
import type { OpenedSource } from './runtime/open-source.js';
import type { Tracing } from './runtime/tracing/start-tracing.js';
import { VERSION } from './version.js';
import { readBlackouts } from './runtime/read-blackouts.js';
import { createServerClock, type ServerClock } from './runtime/server-clock.js';
import { describeQueue, tellOfStrangers } from './runtime/strangers.js';

/**
 * Everything a command may need, loaded and opened when first asked for and closed in
 * the opposite order. The one place where the parts are put together.
 */
export interface Context {
  config: Config;
  terminal: Terminal;
  format: Format;
  log: Logger;
  /** Aborted when the command is to end (Ctrl-C, SIGTERM). */
  signal: AbortSignal;
  /** The database's time, once the registry was opened; until then this machine's. */
  now: () => Date;
  clock: ServerClock;
  /** When runs leave the source alone, in `config.timeZone`. */
  blackouts: readonly BlackoutWindow[];
  /** How much is asked of the source at most, and when it is left alone. */
  overload: OverloadSettings;
  /** The end of the time in which bulk reading is not wanted; null: it is. */
  blackoutEnd: (now: Date) => Date | null;
  /** Spans of what is done; null: none are wanted. */
  tracing(): Promise<Tracing | null>;
  /** The server: the configured one, or the embedded one, which then runs. */
  server(): Promise<OpenedDatabase>;
  /** The registry, migrated. */
  stores(): Promise<Database>;
  /** Names of the migrations that opening the registry applied. */
  applied(): readonly string[];
  queueOptions(): Promise<QueueOptions>;
  queue(): Promise<JobQueue>;
  source(): Promise<OpenedSource>;
  /** What the use cases are built from. */
  sync(): Promise<SyncContext>;
  /** Closes what was opened, the embedded database last. Idempotent. */
  close(): Promise<void>;
}

/** What a context is made from; the clock may be another one in tests. */
export interface ContextOptions {
  config: Config;
  terminal: Terminal;
  signal: AbortSignal;
  /** Name in the log lines: the command. */
  name: string;
  log?: Logger;
  now?: () => Date;
  /** Settings of the source that are known later only: where the demo's simulator listens. */
  sourceSettings?: () => Promise<Partial<SourceConfig>>;
  /** Whether an administrator's own database is migrated without being asked. */
  migrate?: boolean;
  /** The most connections to a queue on PostgreSQL, for putting work on it. */
  queueConnections?: number;
}

/** Connections of one process to the registry, at most. */
const POOL_SIZE = 8;

/**
 * Makes a context; nothing is opened yet.
 * @throws ConfigError for blackouts that can't be understood
 */
export function createContext(options: ContextOptions): Context {
  const { config, terminal, signal } = options;
  const blackouts = readBlackouts(config);
  const overload = overloadOf(config);
  const endOfBlackout = (at: Date): Date | null => blackoutEnd(blackouts, at, config.timeZone);
  const clock = createServerClock();
  const now = options.now ?? clock.now;
  const log =
    options.log ??
    createLogger({ level: config.logLevel, name: options.name, secrets: secretValues(config) });
  const closers = createClosers();
  const applied: string[] = [];
  const server = once(async () => {
    const text = {
      info: (said: string) => log.debug(said),
      warn: (said: string) => log.warn(said),
    };
    const { openDatabase } = await import('@passerelle/db');
    const opened = await openDatabase({
      databaseUrl: config.databaseUrl,
      dataDir: config.dataDir,
      log: text,
    });
    closers.add(() => opened.release());
    return opened;
  });
  const tracing = once(async (): Promise<Tracing | null> => {
    const { endpoint } = config.tracing;
    if (endpoint === undefined) return null;
    const { startTracing } = await import('./runtime/tracing/start-tracing.js');
    const started = await startTracing(endpoint, VERSION);
    // A collector that is away is no failure of the command.
    closers.add(() => started.stop().catch(() => undefined));
    return started;
  });
  const stores = once(async () => {
    const { url, embedded } = await server();
    const traced = await tracing();
    const { createDatabase } = await import('@passerelle/db');
    const opened = createDatabase(url, {
      poolSize: POOL_SIZE,
      log: { warn: (said) => log.warn(said) },
      initialSource: initialState(overload),
    });
    const database = traced?.traceDatabase(opened) ?? opened;
    closers.add(() => database.close());
    const migrate = embedded || options.migrate === true;
    const { prepareDatabase } = await import('./runtime/prepare-database.js');
    applied.push(...(await prepareDatabase({ url, database, config, now, clock, migrate })));
    return database;
  });
  const queueOptions = once(async (): Promise<QueueOptions> => {
    await stores();
    const { url: databaseUrl, embedded } = await server();
    const { chooseBackend, migrateQueue } = await import('@passerelle/queue');
    const backend = chooseBackend({ redisUrl: config.redisUrl, databaseUrl });
    const namespace = config.queue.prefix;
    if (embedded || options.migrate === true) await migrateQueue({ backend, namespace });
    const telemetry = (await tracing())?.queue;
    return { backend, namespace, log, ...(telemetry === undefined ? {} : { telemetry }) };
  });
  const queue = once(async () => {
    const { maxConcurrency } = config.source;
    const { createJobQueue } = await import('@passerelle/queue');
    const opened = createJobQueue({
      ...(await queueOptions()),
      maxFetches: maxConcurrency,
      ...(options.queueConnections === undefined ? {} : { connections: options.queueConnections }),
    });
    closers.add(() => opened.close());
    return opened;
  });
  const source = once(async () => {
    const settings = { ...config.source, ...(await options.sourceSettings?.()) };
    const { openSource } = await import('./runtime/open-source.js');
    const opened = await openSource({
      settings,
      config,
      log,
      now,
      keepWsdl: options.sourceSettings === undefined,
      // The registry is opened with the first call, not before.
      gate: { pass: async (...call) => (await gate()).pass(...call) },
    });
    closers.add(async () => opened.source.close());
    return opened;
  });
  const gate = once(async () => {
    const opened = createSourceGate({
      store: (await stores()).sourceState,
      settings: overload,
      probe: async (stop) => (await source()).source.probe(stop),
      ...{ blackoutEnd: endOfBlackout, now, random: Math.random, log },
    });
    closers.add(() => opened.settled());
    return (await tracing())?.traceGate(opened) ?? opened;
  });
  const sync = once(async (): Promise<SyncContext> => {
    const database = await stores();
    return {
      ...{ runs: database.runs, bulkRetries: database.bulkRetries },
      ...{ tasks: database.tasks, registry: database.registry },
      ...{ retention: database.retention, keepDays: config.keepDays },
      ...{ personal: database.personal, leaving: config.leaving },
      source: (await source()).source,
      ...{ sourceState: database.sourceState, overload },
      attempts: config.source.retryAttempts,
      blackoutEnd: endOfBlackout,
      queue: await queue(),
      ...{ now, random: Math.random, log },
      timeZone: config.timeZone,
      periodAheadDays: config.periodAheadDays,
      isAlone: async () => {
        const members = await findMembers({ stores, now });
        return tellOfStrangers(members, describeQueue(await queueOptions())) === null;
      },
    };
  });
  return {
    ...{ config, terminal, log, signal, now, clock, blackouts, overload },
    format: createFormat(config.timeZone),
    blackoutEnd: endOfBlackout,
    applied: () => applied,
    ...{ tracing, server, stores, queueOptions, queue, source, sync },
    close: closers.close,
  };
}

function overloadOf({ source }: Config): OverloadSettings {
  const { maxConcurrency: hardCap, serverTimeoutMs: serverLimitMs, restMs, retryBaseMs } = source;
  return overloadSettings({ hardCap, serverLimitMs, restMs, retryBaseMs });
}

/** Does it at the first call, and answers the same ever after; a failure is forgotten. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}

/** What must be closed, last opened first; one that fails does not spare the others. */
function createClosers(): { add(closer: () => Promise<void>): void; close(): Promise<void> } {
  const closers: (() => Promise<void>)[] = [];
  return {
    add: (closer) => closers.push(closer),
    close: async () => {
      const failures: unknown[] = [];
      for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
        await closer().catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
