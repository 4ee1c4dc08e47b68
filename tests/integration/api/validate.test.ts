import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLoginApi, type LoginApi } from '../../support/login-api.js';
import { accountOf, type TestAccount } from '../../support/logins.js';

const LOGIN = 'auth/netypareo:login';
const NOBODY = { valid: false, user: null };
let all: LoginApi;
let token: string;

beforeAll(async () => {
  all = await createLoginApi();
  token = await all.api.token([LOGIN]);
});
afterAll(() => all.dispose());
afterEach(async () => {
  all.rig.simulator.control({ outage: [], latencyMs: 0, reset: true });
  await all.rig.check.settled();
  await all.rig.sql.query(`TRUNCATE login_attempts, source_state;
                           UPDATE users SET status = 'active', site_code = NULL`);
});

const validate = (body: unknown, bearer = token) =>
  all.api.ask('POST', '/api/v1/auth/validate', { token: bearer, body });
const right = ({ login: username, password }: TestAccount) => ({ username, password });

describe('validating a login', () => {
  test('says who it is', async () => {
    const account = accountOf(all.rig, 0);
    const { status, json } = await validate(right(account));
    expect(status).toBe(200);
    const { kind, code, login } = account;
    expect(json).toMatchObject({ valid: true, user: { kind, code, login, status: 'active' } });
  });

  test('says no in one way only', async () => {
    const suspended = accountOf(all.rig, 1);
    await all.rig.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [suspended.id]);
    const answers = await Promise.all([
      validate({ ...right(accountOf(all.rig, 2)), password: 'wrong' }),
      validate({ username: 'who.is.this', password: 'wrong' }),
      validate(right(suspended)),
    ]);
    for (const { status, json } of answers) expect([status, json]).toEqual([200, NOBODY]);
    const shapes = answers.map(({ headers }) => [...headers.keys()].toSorted().join());
    expect(new Set(shapes).size).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  test('takes the capability, and reaches the people of its sites only', async () => {
    const [here, there] = [accountOf(all.rig, 3), accountOf(all.rig, 4)];
    await all.rig.sql.query(`INSERT INTO sites (code, name, content_hash)
                             VALUES ('S1', 'Un', ''), ('S2', 'Deux', '')`);
    const place = 'UPDATE users SET site_code = $2 WHERE id = $1';
    await all.rig.sql.query(place, [here.id, 'S1']);
    await all.rig.sql.query(place, [there.id, 'S2']);
    const ofOne = await all.api.token([LOGIN], ['S1']);
    expect((await validate(right(here), ofOne)).json).toMatchObject({ valid: true });
    expect((await validate(right(there), ofOne)).json).toEqual(NOBODY);

    const other = await all.api.token(['auth/netypareo:viewusers']);
    expect((await validate(right(here), other)).status).toBe(403);
    const body = right(here);
    expect((await all.api.ask('POST', '/api/v1/auth/validate', { body })).status).toBe(401);
  });

  test('is 503 and never a no while NetYParéo is away', async () => {
    all.rig.simulator.control({ outage: [{ fromMs: 0, toMs: 600_000 }], startClocks: true });
    const account = accountOf(all.rig, 5);
    for (const password of [account.password, 'wrong']) {
      const { status, headers, json } = await validate({ username: account.login, password });
      expect(status).toBe(503);
      expect(json).toMatchObject({ type: 'urn:passerelle:problem:source-unreachable' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('is one call for a hundred that ask the same at once', async () => {
    all.rig.simulator.control({ latencyMs: 4_000 });
    const account = accountOf(all.rig, 6);
    const asked = Array.from({ length: 100 }, () => validate(right(account)));
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.json).toMatchObject({ valid: true });
    expect(all.rig.calls()).toBe(1);
  });

  test('holds after some hundred wrong passwords at once, for everybody else at least', async () => {
    const [victim, other] = [accountOf(all.rig, 7), accountOf(all.rig, 8)];
    const statuses: number[] = [];
    for (let batch = 0; batch < 3; batch += 1) {
      const guesses = Array.from({ length: 100 }, (_, at) =>
        validate({ username: victim.login, password: `guess ${batch}.${at}` }),
      );
      statuses.push(...(await Promise.all(guesses)).map(({ status }) => status));
    }
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    // Three at once, and one after each delay: 1 s, 2 s, 4 s, 8 s, 16 s.
    expect(all.rig.calls()).toBeLessThanOrEqual(8);
    expect((await validate(right(other))).json).toMatchObject({ valid: true });
  });

  test('by whoever guesses at one place does not keep the owner out elsewhere', async () => {
    const account = accountOf(all.rig, 9);
    const [home, elsewhere] = [{ address: '2001:db8::7' }, { address: '198.51.100.7' }];
    expect((await validate({ ...right(account), ...home })).json).toMatchObject({ valid: true });
    for (let at = 0; at < 6; at += 1) {
      await validate({ username: account.login, password: `guess ${at}`, ...elsewhere });
    }
    expect((await validate({ ...right(account), ...elsewhere })).status).toBe(429);
    expect((await validate({ ...right(account), ...home })).json).toMatchObject({ valid: true });
    const invalid = await validate({ ...right(account), address: 'here' });
    expect(invalid.status).toBe(400);
    expect(invalid.text).not.toContain(account.password);
  });
});
