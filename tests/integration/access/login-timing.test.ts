import { setTimeout as delay } from 'node:timers/promises';
import type { LoginSource } from '@passerelle/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLoginRig, type LoginRig } from '../../support/logins.js';

const PAIRS = 120;
/** What two samples of this size from one distribution differ by once in ten thousand times. */
const ODD = 2.23 * Math.sqrt(2 / PAIRS);
let rig: LoginRig;

beforeAll(async () => {
  rig = await createLoginRig({ latencyMs: 8, jitter: 0.3 });
  await rig.logIn('nobody', 'nothing');
});
afterAll(() => rig.dispose());

/** How long wrong passwords take, for accounts that are there and for others, by turns. */
async function timeBoth(check = rig.check): Promise<{ known: number[]; unknown: number[] }> {
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let at = 0; at < PAIRS; at += 1) {
    const { login } = rig.accounts[at % rig.accounts.length] ?? { login: '' };
    const names = { known: login, unknown: `${login}x` };
    const order = at % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
    for (const which of order) {
      const request = { username: names[which], password: `wrong ${at}`, from: null };
      const before = performance.now();
      const { outcome } = await check.validateLogin(request, new AbortController().signal);
      times[which].push(performance.now() - before);
      expect(outcome).toBe('invalid');
    }
  }
  await rig.sql.query('TRUNCATE login_attempts');
  return times;
}

/** The Kolmogorov-Smirnov statistic: the widest gap between two samples' distributions. */
function distance({ known, unknown }: { known: number[]; unknown: number[] }): number {
  const share = (sample: number[], upTo: number): number =>
    sample.filter((value) => value <= upTo).length / sample.length;
  const gaps = [...known, ...unknown].map((at) => Math.abs(share(known, at) - share(unknown, at)));
  return Math.max(...gaps);
}

test('accounts that nobody has take as long as others', async () => {
  expect(distance(await timeBoth())).toBeLessThan(ODD);
});

test('and this would show it if they did not', async () => {
  const logins = new Set(rig.accounts.map(({ login }) => login));
  // A registry that is asked first, and answers for the source where it knows nobody.
  const source: LoginSource = {
    validateLogin: async (username, _password, _signal, cleared) => {
      await cleared;
      if (logins.has(username)) await delay(8);
      return 'no';
    },
  };
  const hasty = rig.openCheck({ source });
  expect(distance(await timeBoth(hasty))).toBeGreaterThan(ODD);
});
