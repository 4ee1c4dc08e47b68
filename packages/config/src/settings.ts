import { z } from 'zod';
import {
  address,
  addressList,
  bytes,
  days,
  emailAddress,
  host,
  milliseconds,
  networks,
  text,
  timeZone,
  webAddress,
  webAddressOrFile,
  whole,
} from './schemas.js';

const LANGUAGES = ['fr', 'en'] as const;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * Every setting: what it may hold, its default, and a sentence for those who
 * set it. Empty ones count as not set.
 */
export const SETTINGS_SCHEMA = z.object({
  DATABASE_URL: address(
    ['postgresql:', 'postgres:'],
    'postgresql://user:password@db.example:5432/passerelle',
  )
    .optional()
    .describe('The PostgreSQL database; an embedded one under PASSERELLE_DATA_DIR by default.'),
  REDIS_URL: address(['redis:', 'rediss:'], 'redis://:password@cache.example:6379')
    .optional()
    .describe('The Redis for the queue; the queue is in PostgreSQL by default.'),
  NETYPAREO_WSDL: webAddressOrFile('https://netypareo.example/ws?wsdl')
    .optional()
    .describe("The WSDL of NetYParéo's web services: an address or a file."),
  NETYPAREO_ENDPOINT: webAddress('https://netypareo.example/ws')
    .optional()
    .describe('Where to send the calls, if not where the WSDL says.'),
  NETYPAREO_CONTRACT: text()
    .optional()
    .describe('The contract file of the centre; the built-in contract by default.'),
  NETYPAREO_USERNAME: text().optional().describe("The account for NetYParéo's web services."),
  NETYPAREO_PASSWORD: text().optional().describe('The password of that account.'),
  NETYPAREO_TOKEN: text().optional().describe('A token, where the contract signs in by one.'),
  NETYPAREO_MAX_CONCURRENCY: whole(1, 64)
    .default(4)
    .describe('Calls at once on NetYParéo that the runs of the whole cluster never exceed.'),
  NETYPAREO_TIMEOUT_MS: milliseconds(100)
    .default(60_000)
    .describe('How long one call may take, in milliseconds.'),
  NETYPAREO_SERVER_TIMEOUT_MS: milliseconds(100)
    .default(30_000)
    .describe(
      'How long the NetYParéo server itself works on one call at most, in milliseconds (request_terminate_timeout or max_execution_time of its PHP); so long a call we gave up on still counts.',
    ),
  NETYPAREO_MAX_RESPONSE_BYTES: bytes()
    .default(256 * 1_024 * 1_024)
    .describe('The longest answer that is read, in bytes.'),
  NETYPAREO_MAX_XML_DEPTH: whole(8, 10_000)
    .default(64)
    .describe('How deep the elements of an answer may be nested.'),
  NETYPAREO_MAX_TEXT_BYTES: bytes()
    .default(1_024 * 1_024)
    .describe('The longest single text of an answer, in bytes.'),
  NETYPAREO_RETRY_ATTEMPTS: whole(1, 20)
    .default(3)
    .describe('How often a call is tried in all before its part fails.'),
  NETYPAREO_RETRY_BASE_MS: milliseconds(1)
    .default(2_000)
    .describe('The base of the random wait before another try, in milliseconds.'),
  NETYPAREO_REST_MS: milliseconds(1)
    .default(60_000)
    .describe(
      'How long NetYParéo is left in peace after several failures in a row, in milliseconds; doubled each time, up to five times as long.',
    ),
  MOODLE_URL: webAddress('https://moodle.example')
    .optional()
    .describe('The Moodle that the registry is carried on to.'),
  MOODLE_TOKEN: text().optional().describe("The token of Moodle's web service account."),
  PASSERELLE_TZ: timeZone()
    .default('Europe/Paris')
    .describe('The time zone of schedules and birthdays.'),
  PASSERELLE_BLACKOUT: text()
    .optional()
    .describe(
      'When runs are not to read NetYParéo (logins go on): days, dates and hours, as explained below the table.',
    ),
  PASSERELLE_DATA_DIR: text()
    .default('./data')
    .describe('Where the embedded database and the caches are kept.'),
  PASSERELLE_PERIOD_AHEAD_DAYS: whole(0, 3_660)
    .default(90)
    .describe('School periods that begin within so many days are read already.'),
  PASSERELLE_GRACE_STUDENT_DAYS: whole(0, 3_660)
    .default(7)
    .describe(
      'How many days a learner who is missing from NetYParéo stays active; 0: suspended at once.',
    ),
  PASSERELLE_GRACE_TEACHER_DAYS: whole(0, 3_660).default(0).describe('Likewise for a teacher.'),
  PASSERELLE_GRACE_TUTOR_DAYS: whole(0, 3_660).default(0).describe('Likewise for a company tutor.'),
  PASSERELLE_ERASE_AFTER_DAYS: days()
    .optional()
    .describe(
      'How many days after their suspension people are erased; nobody is, where nothing is set.',
    ),
  PASSERELLE_QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9_]+$/, { error: 'expected lower-case letters, digits and underscores' })
    .default('passerelle')
    .describe('What the names of the queue begin with; one for each cluster on a Redis.'),
  PASSERELLE_LOCK_MS: milliseconds(100)
    .default(10_000)
    .describe('How long a silent worker keeps its job, in milliseconds.'),
  PASSERELLE_STALLED_MS: milliseconds(100)
    .default(5_000)
    .describe('How often jobs of dead workers are looked for, in milliseconds.'),
  PASSERELLE_SHUTDOWN_MS: milliseconds(0)
    .default(20_000)
    .describe('How long a stopping process lets its jobs finish, in milliseconds.'),
  PASSERELLE_HOUSEKEEPING_MS: milliseconds(100)
    .default(5_000)
    .describe('How often schedules and runs are checked against the queue, in milliseconds.'),
  PASSERELLE_KEEP_RUNS_DAYS: days()
    .default(400)
    .describe(
      'How long runs are kept, with their parts, in days: a school year, and a month to compare it with the one before.',
    ),
  PASSERELLE_KEEP_CHANGES_DAYS: days()
    .default(1_095)
    .describe(
      'How long the history of people, groups and sites is kept, in days: the three years of the longest apprenticeship.',
    ),
  PASSERELLE_KEEP_REJECTED_DAYS: days()
    .default(90)
    .describe(
      'How long records that runs set aside are kept, in days: a term, in which they are corrected.',
    ),
  PASSERELLE_KEEP_AUDIT_DAYS: days()
    .default(365)
    .describe(
      'How long it is kept who did what, in days: the year that the CNIL advises for such logs.',
    ),
  PASSERELLE_LOGIN_CACHE_HOURS: whole(0, 72)
    .default(0)
    .describe(
      'For how many hours a password that NetYParéo found right is recognised while NetYParéo is away, by a salted hash (scrypt); 0, as by default: none is kept. At most 72.',
    ),
  PASSERELLE_ALERT_WEBHOOK: address(['http:', 'https:'], 'https://chat.example/hooks/abc')
    .optional()
    .describe('Where alerts are sent to as JSON, by POST.'),
  PASSERELLE_ALERT_WEBHOOK_SECRET: text()
    .optional()
    .describe('The secret that these are signed with (docs/fr/alertes.md).'),
  PASSERELLE_ALERT_EMAIL: addressList()
    .optional()
    .describe('Who gets alerts by e-mail; several addresses with commas between them.'),
  PASSERELLE_ALERT_FROM: emailAddress()
    .optional()
    .describe('The sender of these e-mails; the first recipient by default.'),
  PASSERELLE_SMTP_URL: address(['smtp:', 'smtps:'], 'smtps://user:password@mail.example:465')
    .optional()
    .describe('The mail server for alerts.'),
  PASSERELLE_ALERT_LANGUAGE: z
    .enum(LANGUAGES, { error: `expected one of ${LANGUAGES.join(', ')}` })
    .default('fr')
    .describe('The language of these e-mails, fr or en; webhooks carry both.'),
  PASSERELLE_ALERT_NAME: text()
    .optional()
    .describe(
      'What this installation is called in alerts; by default the host of PUBLIC_URL, else of the machine.',
    ),
  PASSERELLE_ALERT_SYNC_HOURS: whole(1, 10_000)
    .optional()
    .describe(
      'From how many hours on the last good sync of a task is too old; by default its schedule says.',
    ),
  PASSERELLE_ALERT_SOURCE_MINUTES: whole(1, 100_000)
    .default(30)
    .describe('For how many minutes NetYParéo may be left alone before that is an alert.'),
  PASSERELLE_ALERT_REJECTED_PERCENT: whole(0, 100)
    .default(5)
    .describe('How many percent of the records a complete run may set aside.'),
  PASSERELLE_ALERT_QUEUE_MINUTES: whole(1, 100_000)
    .default(15)
    .describe('For how many minutes a job may wait for a worker.'),
  PASSERELLE_ALERT_DISK_MB: whole(0, 100_000_000)
    .default(1_024)
    .describe('How many megabytes must be free where PASSERELLE_DATA_DIR is.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: webAddress('http://collector.example:4318')
    .optional()
    .describe('Where traces are sent to, by OTLP over HTTP; none are made by default.'),
  HOST: host().default('127.0.0.1').describe('The address that the API listens on.'),
  PORT: whole(0, 65_535)
    .default(8_080)
    .describe('The port that the API listens on; 0 takes a free one.'),
  PUBLIC_URL: webAddress('https://passerelle.example')
    .optional()
    .describe('The address under which browsers reach the API.'),
  PASSERELLE_TRUSTED_PROXIES: networks()
    .default('loopback')
    .describe(
      'The proxies before the API that are believed about who calls, where PUBLIC_URL is set: addresses or networks, `loopback`, `uniquelocal`.',
    ),
  PASSERELLE_API_REQUESTS_PER_ADDRESS: whole(1, 1_000_000)
    .default(3_000)
    .describe('How many requests a minute one API process takes from one address.'),
  PASSERELLE_API_REQUESTS_PER_CALLER: whole(1, 1_000_000)
    .default(3_000)
    .describe('Likewise of one person or token, wherever they come from.'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `expected one of ${LOG_LEVELS.join(', ')}` })
    .default('info')
    .describe('The least severe messages that are logged.'),
});

export type SettingName = keyof typeof SETTINGS_SCHEMA.shape;
export type SettingValues = z.infer<typeof SETTINGS_SCHEMA>;

export const SETTING_NAMES = Object.keys(SETTINGS_SCHEMA.shape) as SettingName[];

/** Settings whose values are not to be shown, or hold a password. Each may come from `NAME_FILE`. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set<SettingName>([
  'DATABASE_URL',
  'REDIS_URL',
  'NETYPAREO_USERNAME',
  'NETYPAREO_PASSWORD',
  'NETYPAREO_TOKEN',
  'MOODLE_TOKEN',
  'PASSERELLE_ALERT_WEBHOOK',
  'PASSERELLE_ALERT_WEBHOOK_SECRET',
  'PASSERELLE_SMTP_URL',
]);

/** A setting as the documents and `doctor` show it. */
export interface SettingInfo {
  name: SettingName;
  /** As one would write it; null where there is none. */
  default: string | null;
  sentence: string;
  /** Not to be shown; can also come from a file, by `NAME_FILE`. */
  secret: boolean;
}

/** All settings, in the order in which they are documented. */
export const SETTINGS: readonly SettingInfo[] = SETTING_NAMES.map((name) => {
  const schema: z.ZodType<string | number | string[] | undefined> = SETTINGS_SCHEMA.shape[name];
  const preset = schema.parse(undefined);
  return {
    name,
    default: preset === undefined ? null : String(preset),
    sentence: schema.description ?? '',
    secret: SECRET_SETTINGS.has(name),
  };
});
