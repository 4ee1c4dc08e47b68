import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, SETTINGS, secretValues } from './index.js';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'passerelle-config-'));
});

afterEach(() => rmSync(cwd, { recursive: true }));

const load = (env: NodeJS.ProcessEnv) => loadConfig(env, { cwd });
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

function problemsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  try {
    load(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ setting, message }) => [setting, message]));
  }
  return {};
}

describe('loadConfig', () => {
  it('has a default for all that an embedded start needs', () => {
    const config = load({ PATH: '/bin', UNRELATED_SETTING: 'x' });
    expect(config).toEqual({
      source: {
        maxConcurrency: 4,
        timeoutMs: 60_000,
        serverTimeoutMs: 30_000,
        maxResponseBytes: 268_435_456,
        maxXmlDepth: 64,
        maxTextBytes: 1_048_576,
        retryAttempts: 3,
        retryBaseMs: 2_000,
        restMs: 60_000,
      },
      timeZone: 'Europe/Paris',
      blackout: '',
      dataDir: join(cwd, 'data'),
      http: {
        ...{ host: '127.0.0.1', port: 8_080, trustedProxies: 'loopback' },
        limits: { perAddress: 3_000, perCaller: 3_000 },
      },
      logLevel: 'info',
      moodle: {},
      periodAheadDays: 90,
      leaving: { graceDays: { student: 7, teacher: 0, tutor: 0 }, eraseAfterDays: null },
      queue: { prefix: 'passerelle', lockMs: 10_000, stalledMs: 5_000 },
      keepDays: { runs: 400, changes: 1_095, rejected: 90, audit: 365 },
      loginCacheHours: 0,
      alerts: {
        ...{ webhook: {}, email: { to: [] }, language: 'fr', syncMaxAgeMs: null },
        ...{ sourceRestMs: 1_800_000, rejectedPercent: 5, queueWaitMs: 900_000, diskFreeMb: 1_024 },
      },
      tracing: {},
      shutdownMs: 20_000,
      housekeepingMs: 5_000,
    });
  });

  it('gives every setting its place', () => {
    const config = load({
      DATABASE_URL: 'postgresql://app:one@db.example/registry',
      REDIS_URL: 'rediss://:two@cache.example',
      NETYPAREO_WSDL: 'wsdl/netypareo.wsdl',
      NETYPAREO_ENDPOINT: 'https://netypareo.example/ws/',
      NETYPAREO_CONTRACT: 'contract.yaml',
      NETYPAREO_USERNAME: 'reader',
      NETYPAREO_PASSWORD: 'three',
      NETYPAREO_TOKEN: 'four',
      NETYPAREO_SERVER_TIMEOUT_MS: '45000',
      NETYPAREO_REST_MS: '50',
      PASSERELLE_BLACKOUT: 'mon-fri 08:00-12:00; 22:00-02:00',
      MOODLE_URL: 'https://moodle.example/',
      MOODLE_TOKEN: 'five',
      PASSERELLE_DATA_DIR: '/var/lib/passerelle',
      PUBLIC_URL: 'https://passerelle.example',
      PORT: '0',
    });
    expect(config).toMatchObject({
      databaseUrl: 'postgresql://app:one@db.example/registry',
      redisUrl: 'rediss://:two@cache.example',
      source: {
        wsdl: join(cwd, 'wsdl/netypareo.wsdl'),
        endpoint: 'https://netypareo.example/ws',
        contractFile: join(cwd, 'contract.yaml'),
        username: 'reader',
        password: 'three',
        token: 'four',
        serverTimeoutMs: 45_000,
        restMs: 50,
      },
      blackout: 'mon-fri 08:00-12:00; 22:00-02:00',
      dataDir: '/var/lib/passerelle',
      http: { port: 0, publicUrl: 'https://passerelle.example' },
      moodle: { url: 'https://moodle.example', token: 'five' },
    });
  });

  it('leaves the address of a WSDL as it is', () => {
    const wsdl = 'https://netypareo.example/ws?wsdl';
    expect(load({ NETYPAREO_WSDL: wsdl }).source.wsdl).toBe(wsdl);
  });

  it('knows whom alerts are told to', () => {
    const { alerts } = load({
      PASSERELLE_ALERT_WEBHOOK: 'https://chat.example/hooks/1/',
      PASSERELLE_ALERT_EMAIL: 'anna@cfa.example, it@cfa.example',
      PASSERELLE_ALERT_SYNC_HOURS: '36',
    });
    expect(alerts.webhook).toEqual({ url: 'https://chat.example/hooks/1/' });
    const to = ['anna@cfa.example', 'it@cfa.example'];
    expect(alerts.email).toEqual({ to, from: 'anna@cfa.example' });
    expect(alerts.syncMaxAgeMs).toBe(36 * 3_600_000);
  });

  it('counts an empty text as not set', () => {
    const config = load({ REDIS_URL: '', PORT: '', NETYPAREO_TYPO: '' });
    expect(config).not.toHaveProperty('redisUrl');
    expect(config.http.port).toBe(8_080);
  });

  it('lists everything that is wrong at once, with what was expected', () => {
    const problems = problemsOf({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      PASSERELLE_TZ: 'Paris',
      NETYPAREO_MAX_CONCURENCY: '2',
      PASSERELLE_QUEUE_PREFIX: 'My queue',
    });
    expect(problems).toEqual({
      PORT: 'expected a whole number from 0 to 65535, got "70000"',
      LOG_LEVEL: 'expected one of trace, debug, info, warn, error, fatal, silent, got "loud"',
      PASSERELLE_TZ: 'expected the name of a time zone like Europe/Paris, got "Paris"',
      NETYPAREO_MAX_CONCURENCY: 'there is no such setting; did you mean NETYPAREO_MAX_CONCURRENCY?',
      PASSERELLE_QUEUE_PREFIX:
        'expected lower-case letters, digits and underscores, got "My queue"',
    });
  });

  it.each([
    ['PORT', '80.5'],
    ['PORT', '-1'],
    ['PORT', '1e3'],
    ['PORT', ' 80'],
    ['HOST', 'http://localhost'],
    ['NETYPAREO_MAX_CONCURRENCY', '0'],
    ['NETYPAREO_TIMEOUT_MS', '3000000000'],
    ['NETYPAREO_SERVER_TIMEOUT_MS', '30s'],
    ['NETYPAREO_REST_MS', '0'],
    ['PASSERELLE_KEEP_RUNS_DAYS', '0'],
    ['DATABASE_URL', 'mysql://db.example/x'],
    ['REDIS_URL', 'cache.example:6379'],
    ['NETYPAREO_WSDL', 'ftp://netypareo.example/ws'],
    ['MOODLE_URL', 'moodle.example'],
    ['PASSERELLE_ALERT_EMAIL', 'anna@cfa.example, it'],
    ['PASSERELLE_ALERT_FROM', 'Anna <anna@cfa.example>'],
    ['PASSERELLE_ALERT_LANGUAGE', 'de'],
    ['PASSERELLE_SMTP_URL', 'https://mail.example'],
    ['PASSERELLE_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['PASSERELLE_TRUSTED_PROXIES', 'loopback,proxy.example'],
    ['PASSERELLE_API_REQUESTS_PER_CALLER', '0'],
    ['PASSERELLE_UNHEARD_OF', '1'],
    ['MOODLE_TOKENS', '1'],
  ])('refuses %s=%s', (name, value) => {
    expect(Object.keys(problemsOf({ [name]: value }))).toEqual([name]);
  });

  it('does not show secrets in problems', () => {
    write('empty', '');
    const error = JSON.stringify(
      problemsOf({
        DATABASE_URL: 'hunter22',
        NETYPAREO_ENDPOINT: 'ftp://app:hunter22@netypareo.example',
        NETYPAREO_PASSWORD: 'hunter22',
        NETYPAREO_PASSWORD_FILE: 'empty',
      }),
    );
    expect(error).toContain('NETYPAREO_PASSWORD_FILE');
    expect(error).not.toContain('hunter22');
  });
});

describe('the .env file', () => {
  it('is read, and the environment wins over it', () => {
    write('.env', '# ours\nPORT=9000\nLOG_LEVEL="debug"\nNETYPAREO_PASSWORD=old\n');
    write('password', 'new\n');
    const config = load({ LOG_LEVEL: 'warn', NETYPAREO_PASSWORD_FILE: 'password' });
    expect(config).toMatchObject({ http: { port: 9_000 }, logLevel: 'warn' });
    expect(config.source.password).toBe('new');
  });

  it('is as strict as the environment', () => {
    write('.env', 'PASSERELLE_PORT=9000\n');
    expect(problemsOf({})).toHaveProperty('PASSERELLE_PORT');
  });

  it('is named when it cannot be read', () => {
    mkdirSync(join(cwd, '.env'));
    expect(problemsOf({})).toEqual({ '.env': "the file can't be read (EISDIR)" });
  });
});

const ADDRESSES: Readonly<Record<string, string>> = {
  REDIS_URL: 'redis://cache.example',
  PASSERELLE_ALERT_WEBHOOK: 'https://chat.example/hooks/1/',
  PASSERELLE_SMTP_URL: 'smtp://mail.example',
};

describe('secrets from files', () => {
  it('drops only the line break at the end', () => {
    write('token', ' a b \n');
    expect(load({ MOODLE_TOKEN_FILE: 'token' }).moodle.token).toBe(' a b ');
  });

  it.each(SETTINGS.filter(({ secret }) => secret).map(({ name }) => name))('takes %s', (name) => {
    const text = ADDRESSES[name] ?? 'postgresql://db.example/x';
    write('secret', text);
    expect(JSON.stringify(load({ [`${name}_FILE`]: 'secret' }))).toContain(text);
  });

  it('is only for secrets, once, and from a file that can be read', () => {
    write('token', 'x');
    expect(
      problemsOf({
        PORT_FILE: 'token',
        NETYPAREO_WSDL_FILE: 'token',
        MOODLE_TOKEN: 'y',
        MOODLE_TOKEN_FILE: 'token',
        NETYPAREO_TOKEN_FILE: 'missing',
      }),
    ).toEqual({
      NETYPAREO_WSDL_FILE: 'there is no such setting; did you mean NETYPAREO_WSDL?',
      MOODLE_TOKEN_FILE: 'expected either MOODLE_TOKEN or MOODLE_TOKEN_FILE, not both',
      NETYPAREO_TOKEN_FILE: 'expected a file that can be read (ENOENT): missing',
    });
  });
});

describe('secretValues', () => {
  it('holds passwords and tokens, also those inside addresses', () => {
    const config = load({
      DATABASE_URL: 'postgresql://app:p%40ss@db.example/x',
      REDIS_URL: 'redis://:two@cache.example',
      NETYPAREO_PASSWORD: 'three',
      MOODLE_TOKEN: 'five',
    });
    expect(secretValues(config).sort()).toEqual(['five', 'p%40ss', 'p@ss', 'three', 'two']);
  });
});

describe('SETTINGS', () => {
  it('explains each setting, and shows its default as one would write it', () => {
    expect(SETTINGS.every(({ sentence }) => /^[A-Z].*\.$/.test(sentence))).toBe(true);
    const withDefaults = SETTINGS.filter((setting) => setting.default !== null);
    const env = Object.fromEntries(withDefaults.map((setting) => [setting.name, setting.default]));
    expect(load(env as NodeJS.ProcessEnv)).toEqual(load({}));
  });
});
