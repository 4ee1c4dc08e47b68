import { SourceError } from '@passerelle/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  accountOf,
  createLoginRig,
  type LoginRig,
  type TestAccount,
} from '../../support/logins.js';

const HOURS = 24;
const A_NEW_ONE = 'mdp-nouveau';
let rig: LoginRig;
/** What the source says; null: it is away. */
let passwords: Map<string, string> | null = null;

const source = {
  validateLogin: (username: string, password: string): Promise<'yes' | 'no'> =>
    passwords === null
      ? Promise.reject(away())
      : Promise.resolve(passwords.get(username) === password ? 'yes' : 'no'),
};
const away = () =>
  new SourceError('resting', 'It rests.', { retryable: true, retryAfterMs: 30_000 });

beforeAll(async () => {
  rig = await createLoginRig();
});
afterAll(() => rig.dispose());
afterEach(() => rig.sql.query('TRUNCATE login_attempts, login_verifiers'));

/** A login, with the cache on and written down. */
async function logIn({ login }: TestAccount, password: string, cacheHours = HOURS) {
  const check = rig.openCheck({ source, cacheHours });
  const request = { username: login, password, from: null };
  const { outcome } = await check.validateLogin(request, new AbortController().signal);
  await check.settled();
  return outcome;
}

const present = () => new Map(rig.accounts.map(({ login, password }) => [login, password]));
const verifiers = async () => (await rig.sql.query('SELECT * FROM login_verifiers')).rows;

describe('while the source is away', () => {
  test('a password is good that it said yes to, for so many hours', async () => {
    const account = accountOf(rig, 0);
    passwords = present();
    expect(await logIn(account, account.password)).toBe('valid');
    passwords = null;
    expect(await logIn(account, account.password)).toBe('valid');
    expect(await logIn(account, account.password, 0)).toBe('unreachable');

    const age = (interval: string) =>
      rig.sql.query(
        `UPDATE login_verifiers SET verified_at = verified_at - $1::interval,
                       expires_at = expires_at - $1::interval`,
        [interval],
      );
    await age('13 hours');
    expect(await logIn(account, account.password)).toBe('valid');
    // A shorter time than the one it was kept for holds at once.
    expect(await logIn(account, account.password, 12)).toBe('unreachable');
    await age('11 hours');
    expect(await logIn(account, account.password)).toBe('unreachable');
    const long = new Date(0);
    await rig.db.retention.trim({ runs: long, changes: long, rejected: long, audit: long });
    expect(await verifiers()).toEqual([]);
  });

  test('another is no "no", and guessing costs as much as ever', async () => {
    const account = accountOf(rig, 1);
    passwords = present();
    await logIn(account, account.password);
    passwords = null;
    const outcomes: string[] = [];
    // The delays double: sooner or later one is longer than the next guess takes.
    while (outcomes.at(-1) !== 'throttled' && outcomes.length < 12) {
      outcomes.push(await logIn(account, `guess ${outcomes.length}`));
    }
    expect(outcomes.length).toBeGreaterThan(3);
    expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(['unreachable']));
    expect(outcomes.at(-1)).toBe('throttled');
  });

  test('nobody is let in who is suspended', async () => {
    const account = accountOf(rig, 2);
    passwords = present();
    await logIn(account, account.password);
    passwords = null;
    await rig.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [account.id]);
    expect(await logIn(account, account.password)).toBe('unreachable');
  });
});

test('a new password takes the place of the old one, and a "no" takes away what it was about', async () => {
  const account = accountOf(rig, 3);
  passwords = present();
  await logIn(account, account.password);
  // Somebody's guess is no reason to forget.
  expect(await logIn(account, 'a guess')).toBe('invalid');
  expect(await verifiers()).toHaveLength(1);

  passwords.set(account.login, A_NEW_ONE);
  expect(await logIn(account, account.password)).toBe('invalid');
  expect(await verifiers()).toEqual([]);
  passwords.set(account.login, account.password);
  await logIn(account, account.password);
  passwords.set(account.login, A_NEW_ONE);
  expect(await logIn(account, A_NEW_ONE)).toBe('valid');
  passwords = null;
  expect(await logIn(account, account.password)).toBe('unreachable');
  expect(await logIn(account, A_NEW_ONE)).toBe('valid');
});

test('what is kept is salted, and goes with the person; an export does not show it', async () => {
  const [one, two] = [accountOf(rig, 4), accountOf(rig, 5)];
  passwords = new Map([one, two].map(({ login }) => [login, A_NEW_ONE]));
  await logIn(one, A_NEW_ONE);
  await logIn(two, A_NEW_ONE);
  const kept = await rig.sql.query<{ salt: string; hash: string }>('SELECT * FROM login_verifiers');
  expect(new Set(kept.rows.flatMap(({ salt, hash }) => [salt, hash])).size).toBe(4);
  expect(JSON.stringify(kept.rows)).not.toContain(A_NEW_ONE);

  const { kind, code } = one;
  const exported = await rig.db.personal.exportUser({ kind, code }, { by: 'cli:test' }, new Date());
  expect(exported?.tables['login_verifiers']).toEqual([
    { user_id: one.id, verified_at: expect.any(String), expires_at: expect.any(String) },
  ]);
  const warrant = { by: 'cli:test', reason: 'They asked for it.' };
  await rig.db.personal.eraseUser({ kind, code }, warrant, new Date());
  expect(await verifiers()).toMatchObject([{ user_id: two.id }]);
});

test('nothing is kept by default', async () => {
  const account = accountOf(rig, 6);
  passwords = present();
  expect(await logIn(account, account.password, 0)).toBe('valid');
  expect(await verifiers()).toEqual([]);
});
