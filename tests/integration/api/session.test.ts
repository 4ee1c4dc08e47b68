import { createSource, loadContract } from '@passerelle/netypareo';
import { createSourceGate } from '@passerelle/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi } from '../../support/api.js';
import { createLog, quickOverload } from '../../support/cluster.js';
import { createLoginApi, type LoginApi, toSignedIn, VIEW_RUNS } from '../../support/login-api.js';
import { accountOf } from '../../support/logins.js';

const MINUTE_MS = 60_000;
let all: LoginApi;

beforeAll(async () => {
  all = await createLoginApi();
});
afterAll(() => all.dispose());
afterEach(async () => {
  await all.rig.sql.query(`TRUNCATE login_attempts, sessions, capability_grants, source_state;
                           UPDATE users SET status = 'active'`);
});

/** As the command makes it without NETYPAREO_WSDL. */
async function sourceOfNowhere() {
  const log = createLog();
  return createSource({
    ...{ contract: await loadContract(undefined), wsdl: '', credentials: {} },
    gate: createSourceGate({
      ...{ store: all.rig.db.sourceState, settings: quickOverload(), random: () => 0.5, log },
      ...{ probe: async () => undefined, blackoutEnd: () => null, now: () => new Date() },
    }),
    ...{ now: Date.now, log },
  });
}

const show = (cookie: string) => all.api.ask('GET', '/api/v1/session', { headers: { cookie } });
const statusOf = async (cookie: string) => (await show(cookie)).status;
const typeOf = ({ json }: { json: unknown }) =>
  String((json as { type?: string }).type).replace('urn:passerelle:problem:', '');
const pass = (minutes: number) => {
  all.api.clock.now = new Date(all.api.clock.now.getTime() + minutes * MINUTE_MS);
};

describe('signing in', () => {
  test('gives whoever may do something a session, with their rights and a CSRF token', async () => {
    const account = accountOf(all.rig, 0);
    await all.grant(account, VIEW_RUNS);
    const { answer, cookie, csrfToken } = await all.signIn(account);

    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      user: { kind: account.kind, code: account.code, login: account.login },
      token: null,
      capabilities: [{ capability: 'auth/netypareo:viewruns', site: null }],
    });
    expect(csrfToken).toMatch(/^[\w-]{43}$/);
    expect((await show(cookie)).json).toEqual(answer.json);
    expect((await all.api.ask('GET', '/api/v1/tasks', { headers: { cookie } })).status).toBe(200);
    expect((await all.api.audit()).at(0)).toMatchObject({
      ...{ action: 'session.begun', entity: 'user', entityId: String(account.id) },
      ...{ actor: `user:${account.id}`, from: '127.0.0.1' },
    });
  });

  test('sets a cookie that scripts, other sites and the clear do not see', async () => {
    const account = accountOf(all.rig, 0);
    await all.grant(account, VIEW_RUNS);
    const { answer } = await all.signIn(account);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^passerelle_session=[\w.-]{87}; Path=\/; HttpOnly; SameSite=Strict; Expires=[^;]+; Max-Age=43200$/,
    );
  });

  test('tells wrong passwords, unknown people and suspended ones by nothing', async () => {
    const [known, suspended] = [accountOf(all.rig, 1), accountOf(all.rig, 2)];
    await all.grant(known, VIEW_RUNS);
    await all.rig.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [suspended.id]);
    const answers = await Promise.all(
      [
        { username: known.login, password: 'wrong' },
        { username: 'who.is.this', password: 'wrong' },
        { username: suspended.login, password: suspended.password },
      ].map((body) => all.api.ask('POST', '/api/v1/session', { body })),
    );
    const bare = answers.map(({ status, headers, json }) => {
      const names = [...headers.keys()].toSorted();
      return { status, names, json: { ...(json as object), requestId: '' } };
    });
    expect(bare[0]).toMatchObject({ status: 401 });
    expect(new Set(bare.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  test('takes a right of some kind', async () => {
    const account = accountOf(all.rig, 3);
    const { answer, cookie } = await all.signIn(account);
    expect([answer.status, typeOf(answer), cookie]).toEqual([403, 'no-capability', '']);
  });

  test('is refused for a while after too many tries', async () => {
    const { login: username } = accountOf(all.rig, 4);
    const statuses = [];
    for (let at = 0; at < 4; at += 1) {
      const body = { username, password: `guess ${at}` };
      const answer = await all.api.ask('POST', '/api/v1/session', { body });
      statuses.push([answer.status, answer.headers.get('retry-after')]);
    }
    expect(statuses).toEqual([
      ...[
        [401, null],
        [401, null],
        [401, null],
      ],
      [429, '1'],
    ]);
  });

  test('says so when NetYParéo cannot be asked', async () => {
    const account = accountOf(all.rig, 5);
    await all.grant(account, VIEW_RUNS);
    all.rig.simulator.control({ outage: [{ fromMs: 0, toMs: 600_000 }], startClocks: true });
    const { answer } = await all.signIn(account);
    all.rig.simulator.control({ outage: [] });
    expect([answer.status, typeOf(answer)]).toEqual([503, 'source-unreachable']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('says the same where no NetYParéo is set', async () => {
    const [account, other] = [accountOf(all.rig, 5), accountOf(all.rig, 6)];
    const logins = all.rig.openCheck({ source: await sourceOfNowhere() });
    const api = await createTestApi({ deps: { logins } });
    const token = await api.token(['auth/netypareo:login']);
    const { login: username, password } = account;
    const answers = [
      await api.ask('POST', '/api/v1/session', { body: { username, password } }),
      await api.ask('POST', '/api/v1/auth/validate', {
        ...{ token, body: { username: other.login, password: other.password } },
      }),
    ];
    await api.dispose();
    for (const answer of answers) {
      expect([answer.status, typeOf(answer)]).toEqual([503, 'source-unreachable']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  test.each([
    ['an empty password', { username: 'a', password: '' }],
    ['a control character', { username: 'a\u0000', password: 'x' }],
    ['a field too many', { username: 'a', password: 'x', userId: 1 }],
    ['a form', 'username=a&password=x'],
  ])('takes no %s, and does not repeat what was sent', async (_what, body) => {
    const { status, text } = await all.api.ask('POST', '/api/v1/session', { body });
    expect(status).toBe(400);
    expect(text).not.toContain('password=x');
  });
});

describe('fixation', () => {
  test('a session that the browser had before is not taken over, and ends', async () => {
    const [attacker, victim] = [accountOf(all.rig, 6), accountOf(all.rig, 7)];
    await all.grant(attacker, VIEW_RUNS);
    await all.grant(victim, VIEW_RUNS);
    const planted = await all.signIn(attacker);
    const { answer, cookie } = await all.signIn(victim, { cookie: planted.cookie });

    expect(answer.json).toMatchObject({ user: { code: victim.code } });
    expect(cookie).not.toBe(planted.cookie);
    expect(await statusOf(planted.cookie)).toBe(401);
    expect(await statusOf(cookie)).toBe(200);
    expect((await all.api.audit()).slice(0, 2)).toMatchObject([
      { action: 'session.begun', entityId: String(victim.id), actor: `user:${victim.id}` },
      { action: 'session.ended', entityId: String(attacker.id), actor: `user:${victim.id}` },
    ]);
  });

  test('a secret that nobody gave is not taken, either', async () => {
    const account = accountOf(all.rig, 6);
    await all.grant(account, VIEW_RUNS);
    const chosen = `passerelle_session=${'a'.repeat(43)}.${'b'.repeat(43)}`;
    const { cookie } = await all.signIn(account, { cookie: chosen });
    expect(cookie).not.toBe(chosen);
    expect(await statusOf(chosen)).toBe(401);
  });

  test('two sessions of one person share neither secret nor CSRF token', async () => {
    const account = accountOf(all.rig, 6);
    await all.grant(account, VIEW_RUNS);
    const [one, two] = [await all.signIn(account), await all.signIn(account)];
    expect(one.cookie).not.toBe(two.cookie);
    const crossed = { cookie: one.cookie, 'x-csrf-token': two.csrfToken };
    const answer = await all.api.ask('DELETE', '/api/v1/session', { headers: crossed });
    expect([answer.status, typeOf(answer)]).toEqual([403, 'csrf-token']);
  });
});

describe('a change', () => {
  test.each<[string, (own: Record<string, string>) => Record<string, string>]>([
    ['no CSRF token', ({ cookie = '' }) => ({ cookie })],
    ['a wrong one', (own) => ({ ...own, 'x-csrf-token': 'x'.repeat(43) })],
    ['a page of another origin', (own) => ({ ...own, origin: 'https://evil.example' })],
    ['a page without an origin', (own) => ({ ...own, origin: 'null' })],
  ])('is refused with %s', async (_what, forge) => {
    const account = accountOf(all.rig, 8);
    await all.grant(account, VIEW_RUNS);
    const { cookie, headers } = await all.signIn(account);
    const answer = await all.api.ask('DELETE', '/api/v1/session', { headers: forge(headers) });
    expect([answer.status, typeOf(answer)]).toEqual([403, 'csrf-token']);
    expect(await statusOf(cookie)).toBe(200);
  });

  test('of another origin signs nobody in', async () => {
    const account = accountOf(all.rig, 8);
    await all.grant(account, VIEW_RUNS);
    const { answer } = await all.signIn(account, { origin: 'https://evil.example' });
    expect([answer.status, typeOf(answer)]).toEqual([403, 'csrf-token']);
    const { answer: own } = await all.signIn(account, { origin: new URL(all.api.url).origin });
    expect(own.status).toBe(201);
  });
});

describe('a session', () => {
  test('ends for good when its person signs out', async () => {
    const account = accountOf(all.rig, 9);
    await all.grant(account, VIEW_RUNS);
    const { cookie, headers } = await all.signIn(account);
    const answer = await all.api.ask('DELETE', '/api/v1/session', { headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^passerelle_session=; .*Max-Age=0$/);
    expect(await statusOf(cookie)).toBe(401);
    expect((await all.api.audit()).at(0)).toMatchObject({ action: 'session.ended' });
  });

  test('ends at once when its person is suspended, or loses the last right', async () => {
    const account = accountOf(all.rig, 10);
    await all.grant(account, VIEW_RUNS);
    const { cookie } = await all.signIn(account);
    await all.rig.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [account.id]);
    expect(await statusOf(cookie)).toBe(401);
    await all.rig.sql.query(`UPDATE users SET status = 'active' WHERE id = $1`, [account.id]);
    await all.rig.sql.query('TRUNCATE capability_grants');
    const tasks = await all.api.ask('GET', '/api/v1/tasks', { headers: { cookie } });
    expect(tasks.status).toBe(403);
  });

  test('gets another secret from time to time; requests that are under way are not cut off', async () => {
    const account = accountOf(all.rig, 11);
    await all.grant(account, VIEW_RUNS);
    const { cookie, csrfToken } = await all.signIn(account);
    pass(11);
    const answers = await Promise.all(Array.from({ length: 12 }, () => show(cookie)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const renewed = answers.map(toSignedIn).filter((one) => one.cookie !== '');
    expect(renewed).toHaveLength(1);
    expect(renewed[0]?.answer.headers.get('set-cookie')).toMatch(/; Max-Age=42540$/);
    const next = renewed[0]?.cookie ?? '';
    expect(next).not.toBe(cookie);
    // A page that is open goes on with the token that it has.
    expect(renewed[0]?.csrfToken).toBe(csrfToken);
    pass(1);
    expect(await statusOf(cookie)).toBe(401);
    expect(await statusOf(next)).toBe(200);
    const headers = { cookie: next, 'x-csrf-token': csrfToken };
    expect((await all.api.ask('DELETE', '/api/v1/session', { headers })).status).toBe(204);
  });

  test('goes on while NetYParéo is away, to its end', async () => {
    const account = accountOf(all.rig, 11);
    await all.grant(account, VIEW_RUNS);
    const { cookie, headers } = await all.signIn(account);
    const calls = all.rig.calls();
    all.rig.simulator.control({ outage: [{ fromMs: 0, toMs: 600_000 }], startClocks: true });
    const tasks = await all.api.ask('GET', '/api/v1/tasks', { headers });
    const ended = await all.api.ask('DELETE', '/api/v1/session', { headers });
    all.rig.simulator.control({ outage: [] });
    expect([tasks.status, ended.status, await statusOf(cookie)]).toEqual([200, 204, 401]);
    expect(all.rig.calls()).toBe(calls);
  });

  test('ends when nobody uses it, and after a day of work whatever happens', async () => {
    const account = accountOf(all.rig, 12);
    await all.grant(account, VIEW_RUNS);
    const idle = await all.signIn(account);
    pass(61);
    expect(await statusOf(idle.cookie)).toBe(401);
    let { cookie } = await all.signIn(account);
    for (let at = 0; at < 23; at += 1) {
      pass(30);
      cookie = toSignedIn(await show(cookie)).cookie;
      expect(cookie).not.toBe('');
    }
    pass(31);
    expect(await statusOf(cookie)).toBe(401);
  });

  test('is known to the database by a hash only', async () => {
    const account = accountOf(all.rig, 13);
    await all.grant(account, VIEW_RUNS);
    const { cookie, csrfToken } = await all.signIn(account);
    const { rows } = await all.rig.sql.query('SELECT to_jsonb(s)::text AS text FROM sessions s');
    const kept = JSON.stringify(rows);
    for (const secret of [csrfToken, ...cookie.replace(/^.*=/, '').split('.')]) {
      expect(kept).not.toContain(secret);
    }
  });
});

test('a token has no session to show or to end', async () => {
  const token = await all.api.token(['auth/netypareo:viewruns']);
  const shown = await all.api.ask('GET', '/api/v1/session', { token });
  expect(shown.json).toMatchObject({ user: null, token: { name: 'test' }, csrfToken: null });
  const ended = await all.api.ask('DELETE', '/api/v1/session', { token });
  expect(ended.status).toBe(404);
});

test('by https the cookie is bound to this very host', async () => {
  const listen = { host: '127.0.0.1', port: 0, publicUrl: 'https://passerelle.example' };
  const secure = await createLoginApi({ listen });
  try {
    const account = accountOf(secure.rig, 0);
    await secure.grant(account, VIEW_RUNS);
    const { answer } = await secure.signIn(account, { origin: 'https://passerelle.example' });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-passerelle_session=[\w.-]{87}; Path=\/; HttpOnly; SameSite=Strict; Secure; /,
    );
  } finally {
    await secure.dispose();
  }
});
