import { resolve } from 'node:path';
import type { LOG_LEVELS, SettingValues } from './settings.js';

/** Everything an app is told from outside. Times in milliseconds, paths absolute. */
export interface Config {
  databaseUrl?: string;
  redisUrl?: string;
  source: SourceConfig;
  /** An IANA name. */
  timeZone: string;
  /** When runs don't read, in the grammar of roster's `parseBlackouts`; empty: always. */
  blackout: string;
  dataDir: string;
  http: {
    host: string;
    port: number;
    publicUrl?: string;
    trustedProxies: string;
    /** Requests a minute that one process takes. */
    limits: { perAddress: number; perCaller: number };
  };
  logLevel: (typeof LOG_LEVELS)[number];
  moodle: { url?: string; token?: string };
  periodAheadDays: number;
  /** What becomes of people whom NetYParéo no longer has (roster's `LeavingRules`), in days. */
  leaving: {
    graceDays: { student: number; teacher: number; tutor: number };
    eraseAfterDays: number | null;
  };
  queue: { prefix: string; lockMs: number; stalledMs: number };
  /** How long records are kept, in days. */
  keepDays: { runs: number; changes: number; rejected: number; audit: number };
  /** How long passwords are recognised while the source is away, in hours; 0: not at all. */
  loginCacheHours: number;
  alerts: AlertConfig;
  /** Where traces go; without it there are none. */
  tracing: { endpoint?: string };
  shutdownMs: number;
  housekeepingMs: number;
}

/** Whom alerts are told to, and from when on. */
export interface AlertConfig {
  webhook: { url?: string; secret?: string };
  /** Sent if there are recipients and a mail server. */
  email: { to: readonly string[]; from?: string; smtpUrl?: string };
  language: 'fr' | 'en';
  name?: string;
  /** Null: each task's schedule says. */
  syncMaxAgeMs: number | null;
  sourceRestMs: number;
  rejectedPercent: number;
  queueWaitMs: number;
  diskFreeMb: number;
}

/** How NetYParéo is reached, and the limits that protect either side. */
export interface SourceConfig {
  /** An http(s) address or an absolute path. */
  wsdl?: string;
  endpoint?: string;
  contractFile?: string;
  username?: string;
  password?: string;
  token?: string;
  maxConcurrency: number;
  timeoutMs: number;
  /** How long the server works on a call at most, also on one that we gave up on. */
  serverTimeoutMs: number;
  maxResponseBytes: number;
  maxXmlDepth: number;
  maxTextBytes: number;
  retryAttempts: number;
  retryBaseMs: number;
  /** The first rest after failures in a row. */
  restMs: number;
}

/** Gives the settings their places; relative paths are taken from `cwd`. */
export function toConfig(values: SettingValues, cwd: string): Config {
  return {
    ...given('databaseUrl', values.DATABASE_URL),
    ...given('redisUrl', values.REDIS_URL),
    source: toSourceConfig(values, cwd),
    timeZone: values.PASSERELLE_TZ,
    blackout: values.PASSERELLE_BLACKOUT ?? '',
    dataDir: resolve(cwd, values.PASSERELLE_DATA_DIR),
    http: {
      ...{ host: values.HOST, port: values.PORT, ...given('publicUrl', values.PUBLIC_URL) },
      trustedProxies: values.PASSERELLE_TRUSTED_PROXIES,
      limits: {
        perAddress: values.PASSERELLE_API_REQUESTS_PER_ADDRESS,
        perCaller: values.PASSERELLE_API_REQUESTS_PER_CALLER,
      },
    },
    logLevel: values.LOG_LEVEL,
    moodle: { ...given('url', values.MOODLE_URL), ...given('token', values.MOODLE_TOKEN) },
    periodAheadDays: values.PASSERELLE_PERIOD_AHEAD_DAYS,
    leaving: {
      graceDays: {
        student: values.PASSERELLE_GRACE_STUDENT_DAYS,
        teacher: values.PASSERELLE_GRACE_TEACHER_DAYS,
        tutor: values.PASSERELLE_GRACE_TUTOR_DAYS,
      },
      eraseAfterDays: values.PASSERELLE_ERASE_AFTER_DAYS ?? null,
    },
    queue: {
      prefix: values.PASSERELLE_QUEUE_PREFIX,
      lockMs: values.PASSERELLE_LOCK_MS,
      stalledMs: values.PASSERELLE_STALLED_MS,
    },
    keepDays: {
      runs: values.PASSERELLE_KEEP_RUNS_DAYS,
      changes: values.PASSERELLE_KEEP_CHANGES_DAYS,
      rejected: values.PASSERELLE_KEEP_REJECTED_DAYS,
      audit: values.PASSERELLE_KEEP_AUDIT_DAYS,
    },
    loginCacheHours: values.PASSERELLE_LOGIN_CACHE_HOURS,
    alerts: toAlertConfig(values),
    tracing: given('endpoint', values.OTEL_EXPORTER_OTLP_ENDPOINT),
    shutdownMs: values.PASSERELLE_SHUTDOWN_MS,
    housekeepingMs: values.PASSERELLE_HOUSEKEEPING_MS,
  };
}

const MINUTE_MS = 60_000;

function toAlertConfig(values: SettingValues): AlertConfig {
  const { PASSERELLE_ALERT_EMAIL: to = [], PASSERELLE_ALERT_SYNC_HOURS: hours } = values;
  return {
    webhook: {
      ...given('url', values.PASSERELLE_ALERT_WEBHOOK),
      ...given('secret', values.PASSERELLE_ALERT_WEBHOOK_SECRET),
    },
    email: {
      to,
      ...given('from', values.PASSERELLE_ALERT_FROM ?? to[0]),
      ...given('smtpUrl', values.PASSERELLE_SMTP_URL),
    },
    language: values.PASSERELLE_ALERT_LANGUAGE,
    ...given('name', values.PASSERELLE_ALERT_NAME),
    syncMaxAgeMs: hours === undefined ? null : hours * 60 * MINUTE_MS,
    sourceRestMs: values.PASSERELLE_ALERT_SOURCE_MINUTES * MINUTE_MS,
    rejectedPercent: values.PASSERELLE_ALERT_REJECTED_PERCENT,
    queueWaitMs: values.PASSERELLE_ALERT_QUEUE_MINUTES * MINUTE_MS,
    diskFreeMb: values.PASSERELLE_ALERT_DISK_MB,
  };
}

function toSourceConfig(values: SettingValues, cwd: string): SourceConfig {
  const { NETYPAREO_WSDL: wsdl, NETYPAREO_CONTRACT: contract } = values;
  return {
    ...given('wsdl', wsdl === undefined || isWebAddress(wsdl) ? wsdl : resolve(cwd, wsdl)),
    ...given('endpoint', values.NETYPAREO_ENDPOINT),
    ...given('contractFile', contract === undefined ? undefined : resolve(cwd, contract)),
    ...given('username', values.NETYPAREO_USERNAME),
    ...given('password', values.NETYPAREO_PASSWORD),
    ...given('token', values.NETYPAREO_TOKEN),
    maxConcurrency: values.NETYPAREO_MAX_CONCURRENCY,
    timeoutMs: values.NETYPAREO_TIMEOUT_MS,
    serverTimeoutMs: values.NETYPAREO_SERVER_TIMEOUT_MS,
    maxResponseBytes: values.NETYPAREO_MAX_RESPONSE_BYTES,
    maxXmlDepth: values.NETYPAREO_MAX_XML_DEPTH,
    maxTextBytes: values.NETYPAREO_MAX_TEXT_BYTES,
    retryAttempts: values.NETYPAREO_RETRY_ATTEMPTS,
    retryBaseMs: values.NETYPAREO_RETRY_BASE_MS,
    restMs: values.NETYPAREO_REST_MS,
  };
}

function isWebAddress(value: string): boolean {
  return /^https?:\/\//i.test(value);
}

/** The property, or nothing where there is no value. */
function given<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: string });
}
