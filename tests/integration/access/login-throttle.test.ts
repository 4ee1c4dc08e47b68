import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accountOf, createLoginRig, type LoginRig } from '../../support/logins.js';
import { untilTrue } from '../../support/patience.js';

const signal = () => new AbortController().signal;
/** Networks of the attacker, and of the person. */
const [ELSEWHERE, HOME] = ['198.51.100.7', '192.0.2.10'];
let rig: LoginRig;

beforeAll(async () => {
  rig = await createLoginRig();
  await rig.logIn('nobody', 'nothing');
});
afterAll(() => rig.dispose());
beforeEach(() => rig.simulator.control({ reset: true }));
afterEach(async () => {
  await rig.check.settled();
  await rig.sql.query('TRUNCATE login_attempts');
});

/** So many wrong passwords for an account, by turns, and how long the last one has to wait. */
async function guess(username: string, times: number, from: string | null = null) {
  const waits = [];
  for (let at = 0; at < times; at += 1) {
    const answer = await rig.logIn(username, `guess ${at}`, from);
    waits.push(answer.outcome === 'throttled' ? answer.retryAfterSeconds : 0);
  }
  return waits;
}

/** Lets the delays of all accounts pass, well before now: moments are kept to the millisecond. */
const letPass = () =>
  rig.sql.query(`UPDATE login_attempts SET next_at = clock_timestamp() - interval '1 second'`);

describe('wrong passwords', () => {
  test('for one account, a thousand at once, are some calls, and keep nobody else waiting', async () => {
    const victim = accountOf(rig, 0);
    const other = accountOf(rig, 1);
    const checks = [rig.check, rig.openCheck(), rig.openCheck()];
    const guesses = Array.from({ length: 1_000 }, async (_, at) => {
      const request = { username: victim.login, password: `guess ${at}`, from: null };
      return checks[at % checks.length]?.validateLogin(request, signal());
    });
    const meanwhile = rig.openCheck();
    const request = { username: other.login, password: other.password, from: null };
    expect(await meanwhile.validateLogin(request, signal())).toMatchObject({ outcome: 'valid' });

    const outcomes = (await Promise.all(guesses)).map((answer) => answer?.outcome);
    expect(new Set(outcomes)).toEqual(new Set(['invalid', 'throttled']));
    expect(rig.calls() - 1).toBe(outcomes.filter((outcome) => outcome === 'invalid').length);
    // Three at once, and one after each delay that passed meanwhile: 1 s, 2 s, 4 s, 8 s.
    expect(rig.calls() - 1).toBeLessThanOrEqual(7);
  });

  test('cost a delay that doubles, up to a quarter of an hour', async () => {
    const { login } = accountOf(rig, 2);
    const waits = [];
    expect(await guess(login, 3)).toEqual([0, 0, 0]);
    for (let at = 0; at < 13; at += 1) {
      const [wait] = await guess(login, 1);
      waits.push(wait);
      await letPass();
      await guess(login, 1);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  test('that come too often are not asked about, and leave no permit behind', async () => {
    await guess('who.comes.too.often', 3);
    // One that has not seen anybody refused, and so looks for the permit meanwhile.
    const check = rig.openCheck();
    const { login, password } = accountOf(rig, 1);
    // It knows the WSDL from then on, which takes a permit of its own.
    await check.validateLogin({ username: login, password, from: null }, signal());
    await check.settled();
    const calls = rig.calls();
    const request = { username: 'who.comes.too.often', password: 'x', from: null };
    expect(await check.validateLogin(request, signal())).toMatchObject({ outcome: 'throttled' });
    expect(rig.calls()).toBe(calls);
    const { rowCount } = await rig.sql.query(
      'SELECT FROM source_permits WHERE until > clock_timestamp()',
    );
    expect(rowCount).toBe(0);
  });

  test('are delayed alike whether or not anybody has the account', async () => {
    const known = accountOf(rig, 3);
    expect(await guess('who.is.this', 7)).toEqual(await guess(known.login, 7));
  });

  test('are not tried anew by writing the account in another way', async () => {
    const { login } = accountOf(rig, 4);
    const accented = login.replace(/[aeiou]/, (vowel) => `${vowel}\u0301`);
    const forms = [login, login.toUpperCase(), ` ${login} `, accented, login];
    const outcomes = [];
    for (const form of forms) outcomes.push((await rig.logIn(form, 'wrong')).outcome);
    expect(outcomes).toEqual(['invalid', 'invalid', 'invalid', 'throttled', 'throttled']);
  });

  test('are forgiven with a good one', async () => {
    const { login, password } = accountOf(rig, 5);
    await guess(login, 3);
    await letPass();
    expect(await rig.logIn(login, password)).toMatchObject({ outcome: 'valid' });
    expect(await guess(login, 3)).toEqual([0, 0, 0]);
  });

  test('of somebody who has left count, too', async () => {
    const { login } = accountOf(rig, 6);
    rig.simulator.control({ latencyMs: 50 });
    for (let at = 0; at < 6; at += 1) {
      const leaving = new AbortController();
      const request = { username: login, password: `guess ${at}`, from: null };
      const asked = rig.check.validateLogin(request, leaving.signal);
      const over = asked.then(
        () => true,
        () => true,
      );
      const underWay = untilTrue(() => rig.simulator.stats().inFlight === 1, { interval: 5 });
      await Promise.race([over, underWay.catch(() => undefined)]);
      leaving.abort(new Error('left'));
      await over;
      await expect.poll(() => rig.simulator.stats().inFlight, { interval: 5 }).toBe(0);
    }
    rig.simulator.control({ latencyMs: 0 });
    expect(rig.calls()).toBeLessThanOrEqual(3);
  });
});

describe('whoever guesses', () => {
  test('does not keep a person out who has logged in from their own network before', async () => {
    const { login, password } = accountOf(rig, 7);
    expect(await rig.logIn(login, password, HOME)).toMatchObject({ outcome: 'valid' });
    await guess(login, 8, ELSEWHERE);
    expect(await rig.logIn(login, password, ELSEWHERE)).toMatchObject({ outcome: 'throttled' });
    expect(await rig.logIn(login, password, HOME)).toMatchObject({ outcome: 'valid' });
    // From there, too, there are no more tries than elsewhere.
    expect((await guess(login, 4, HOME)).at(-1)).toBeGreaterThan(0);
  });

  test('keeps a person out for a quarter of an hour at most, from wherever', async () => {
    const { login, password } = accountOf(rig, 8);
    for (let at = 0; at < 20; at += 1) {
      await guess(login, 1, ELSEWHERE);
      await letPass();
    }
    await guess(login, 40, ELSEWHERE);
    const answer = await rig.logIn(login, password, HOME);
    expect(answer).toMatchObject({ outcome: 'throttled' });
    expect('retryAfterSeconds' in answer && answer.retryAfterSeconds).toBeLessThanOrEqual(900);
  });

  test('of many accounts is slowed down by their network, however its addresses differ', async () => {
    const spread = async (from: (at: number) => string) => {
      const outcomes = [];
      for (let at = 0; at < 40; at += 1) {
        outcomes.push((await rig.logIn(`account.${at}`, 'Summer2026', from(at))).outcome);
      }
      return outcomes.filter((outcome) => outcome === 'invalid').length;
    };
    // 31 at once, then one a second.
    expect(await spread(() => ELSEWHERE)).toBeLessThan(36);
    await rig.sql.query('TRUNCATE login_attempts');
    expect(await spread((at) => `2001:db8:7:8::${at.toString(16)}`)).toBeLessThan(36);
    await rig.sql.query('TRUNCATE login_attempts');
    expect(await spread((at) => `198.51.100.${at}`)).toBe(40);
  });
});

test('a class that logs in from one network is let in', async () => {
  const pupils = rig.accounts.slice(10, 55);
  const answers = await Promise.all(
    pupils.map(({ login, password }) =>
      rig.check.validateLogin({ username: login, password, from: HOME }, signal()),
    ),
  );
  expect(answers.map(({ outcome }) => outcome)).toEqual(pupils.map(() => 'valid'));
});

test('neither logins nor addresses are written down', async () => {
  await guess('the.login.of.nobody', 2, ELSEWHERE);
  const { rows } = await rig.sql.query<{ text: string }>(
    'SELECT to_jsonb(a)::text AS text FROM login_attempts a',
  );
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toMatch(/nobody|198\.51/);
});

test('what was tried is forgotten: after a day, known networks after a month, people when erased', async () => {
  const [one, two] = [accountOf(rig, 55), accountOf(rig, 56)];
  await rig.logIn(one.login, one.password, HOME);
  await rig.logIn(two.login, two.password, HOME);
  const count = async () =>
    (await rig.sql.query<{ n: number }>('SELECT count(*)::int AS n FROM login_attempts')).rows[0]
      ?.n;
  expect(await count()).toBe(5);
  const { kind, code } = one;
  const warrant = { by: 'cli:test', reason: 'They asked for it.' };
  await rig.db.personal.eraseUser({ kind, code }, warrant, new Date());
  expect(await count()).toBe(3);

  const long = new Date(0);
  const trim = () =>
    rig.db.retention.trim({ runs: long, changes: long, rejected: long, audit: long });
  await rig.sql.query(
    `UPDATE login_attempts SET attempted_at = attempted_at - interval '25 hours'`,
  );
  await trim();
  expect(await count()).toBe(1);
  await rig.sql.query(`UPDATE login_attempts SET succeeded_at = succeeded_at - interval '31 days'`);
  await trim();
  expect(await count()).toBe(0);
});
