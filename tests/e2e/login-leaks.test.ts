import { createSetupLink } from '@passerelle/sync';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, type CommandRoom, createCommandRoom } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { accountOf, createLoginRig, type LoginRig } from '../support/logins.js';
import { type TestRedis, startRedis } from '../support/redis.js';
import { endProcess, freePort } from '../support/spawned.js';
import { dumpRedis, dumpTables, QUEUE_SCHEMA } from './dumps.js';

/** Nobody's password, in the forms that it could be written down in. */
const CANARY = 'Canari&Passerelle"é7';
const CANARY_FORMS = [CANARY, 'Canari', encodeURIComponent(CANARY), toBase64(CANARY)];
/** So that whatever an error may hold is searched, too. */
const FAULTS = [
  'fault',
  'truncate',
  'malformed',
  'http502',
  'reset',
  'badutf8',
  'empty200',
] as const;
const A_START_MS = 60_000;

describe.each(['postgres', 'redis'] as const)('passwords, with the queue on %s', (backend) => {
  let place: TestDatabase;
  let redis: TestRedis | undefined;
  let rig: LoginRig;
  let room: CommandRoom;
  let url: string;
  let said: CommandResult;

  beforeAll(async () => {
    place = await createTestDatabase();
    if (backend === 'redis') redis = await startRedis();
    rig = await createLoginRig({}, place.url);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    room = await createCommandRoom({
      ...{ DATABASE_URL: place.url, REDIS_URL: redis?.url, LOG_LEVEL: 'trace' },
      ...{ NETYPAREO_WSDL: rig.simulator.wsdlUrl, NETYPAREO_RETRY_BASE_MS: '10' },
      ...{ PORT: String(port), NETYPAREO_REST_MS: '50', PASSERELLE_LOGIN_CACHE_HOURS: '24' },
    });
  }, A_START_MS);
  afterAll(async () => {
    await room.remove();
    await rig.dispose();
    await redis?.stop();
    await place.drop();
  });

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      ...{ method: 'POST', body: sent },
      headers: { 'content-type': 'application/json', ...headers },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  test('are in no answer to whoever mistypes', { timeout: A_START_MS }, async () => {
    const running = await room.start(['up'], 'Running:');
    const answers: { status: number; text: string }[] = [];
    try {
      const admin = accountOf(rig, 0);
      const link = await createSetupLink(
        { setupLinks: rig.db.setupLinks, now: () => new Date() },
        url,
      );
      const secret = link?.url.split('#')[1] ?? '';
      const setup = { username: admin.login, password: admin.password, secret };
      expect((await post('/api/v1/setup', { ...setup, password: CANARY })).status).toBe(401);
      const signedIn = await post('/api/v1/setup', setup);
      expect(signedIn.status).toBe(201);
      const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
      const { csrfToken } = JSON.parse(signedIn.text) as { csrfToken: string };
      const asAdmin = { cookie, 'x-csrf-token': csrfToken };

      for (const path of ['/api/v1/session', '/api/v1/auth/validate']) {
        for (const [at, kind] of FAULTS.entries()) {
          rig.simulator.control({ faults: [{ kind, rate: 0.7 }] });
          const { login } = accountOf(rig, at + 1);
          answers.push(await post(path, { username: login, password: CANARY }, asAdmin));
        }
        rig.simulator.control({ faults: [] });
        const bodies = [
          { username: 'x', password: { value: CANARY } },
          { username: CANARY.repeat(50), password: CANARY },
          { username: 'x', password: `${CANARY}\u0000` },
          { username: 'x', password: CANARY, [CANARY]: 1 },
          `{"username":"x","password":"${CANARY}`,
          `username=x&password=${CANARY}`,
        ];
        for (const body of bodies) answers.push(await post(path, body, asAdmin));
        answers.push(await post(`${path}?password=${CANARY}`, {}, asAdmin));
      }
      // A run, so that there is something in the queue; and good logins.
      const run = await post('/api/v1/tasks/sync_sites/runs', {}, asAdmin);
      expect(run.status).toBe(202);
      for (let at = 20; at < 25; at += 1) {
        const { login: username, password } = accountOf(rig, at);
        const good = await post('/api/v1/auth/validate', { username, password }, asAdmin);
        expect(good.text).toContain('"valid":true');
      }
    } finally {
      await endProcess(running.child, 'SIGTERM');
      said = await running.ended;
    }
    expect(new Set(answers.map(({ status }) => status)).size).toBeGreaterThan(2);
    // A field's name is told to whoever sent it.
    const told = answers.filter(({ text }) => !text.includes('there is no such field'));
    expect(findIn(told.map(({ text }) => text).join('\n'))).toEqual([]);
  });

  test('are in no log', () => {
    const log = said.stdout + said.stderr;
    expect(log).toContain('/api/v1/auth/validate');
    expect(log).toContain('a login could not be checked');
    expect(findIn(log)).toEqual([]);
  });

  test('are in no table', async () => {
    const dump = await withDatabase((client) => dumpTables(client, 'public'));
    expect(dump).toContain('login_attempts');
    expect(findIn(dump)).toEqual([]);
    // What stands for them does: the passwords that were good are remembered, salted.
    const kept = await withDatabase((client) =>
      dumpTables(client, 'public', { login_verifiers: [] }),
    );
    expect(kept.split('\n').length).toBeGreaterThan(5);
    expect(await withDatabase((client) => dumpTables(client, 'staging'))).toBeDefined();
  });

  test('are in no queue', async () => {
    const dump =
      redis === undefined
        ? await withDatabase((client) => dumpTables(client, QUEUE_SCHEMA))
        : await dumpRedis(redis.url);
    expect(dump).toContain('runId');
    expect(findIn(dump)).toEqual([]);
  });

  /** Passwords found in a text: the canary, and those that were right. */
  const findIn = (text: string): string[] => {
    const right = [0, 20, 21, 22, 23, 24].map((at) => accountOf(rig, at).password);
    return [...CANARY_FORMS, ...right].filter((password) => text.includes(password));
  };

  async function withDatabase<Result>(
    use: (client: pg.Client) => Promise<Result>,
  ): Promise<Result> {
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }
});

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}
