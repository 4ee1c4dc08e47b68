import vm from 'node:vm';
import { CAPABILITIES } from '@passerelle/roster';
import { createSetupLink } from '@passerelle/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLoginApi, type LoginApi } from '../../support/login-api.js';
import { accountOf, type TestAccount } from '../../support/logins.js';

let all: LoginApi;

beforeAll(async () => {
  all = await createLoginApi();
});
afterAll(() => all.dispose());
afterEach(async () => {
  await all.rig.check.settled();
  await all.rig.sql.query('TRUNCATE login_attempts, sessions, capability_grants, setup_links');
});

/** A new link's address. */
async function link(): Promise<URL> {
  const { setupLinks } = all.api.db;
  const made = await createSetupLink({ setupLinks, now: () => all.api.clock.now }, all.api.url);
  if (made === null) throw new Error('Somebody may grant already.');
  return new URL(made.url);
}

const secretOf = ({ hash }: URL) => hash.slice(1);
const redeem = ({ login: username, password }: TestAccount, secret: string) =>
  all.api.ask('POST', '/api/v1/setup', { body: { username, password, secret } });
const typeOf = ({ json }: { json: unknown }) =>
  String((json as { type?: string }).type).replace('urn:passerelle:problem:', '');

describe('the set-up link', () => {
  test('gives its first user every capability and a session, once', async () => {
    const [first, second] = [accountOf(all.rig, 0), accountOf(all.rig, 1)];
    const secret = secretOf(await link());
    const answer = await redeem(first, secret);
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      user: { code: first.code },
      capabilities: CAPABILITIES.map((capability) => ({ capability, site: null })),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const shown = await all.api.ask('GET', '/api/v1/session', { headers: { cookie } });
    expect(shown.status).toBe(200);
    const actions = (await all.api.audit()).map(({ action, actor }) => [action, actor]);
    expect(actions).toContainEqual(['setup.redeemed', 'setup']);

    const late = await redeem(second, secret);
    expect([late.status, typeOf(late)]).toEqual([403, 'setup-link']);
    await expect(link()).rejects.toThrow('already');
  });

  test('is good for one of two who use it at once', async () => {
    const secret = secretOf(await link());
    const answers = await Promise.all(
      [2, 3, 4].map((at) => redeem(accountOf(all.rig, at), secret)),
    );
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['201', '403', '403']);
  });

  test('lets nobody try passwords without it', async () => {
    await link();
    all.rig.simulator.control({ reset: true });
    const answer = await redeem(accountOf(all.rig, 5), 'x'.repeat(43));
    expect([answer.status, typeOf(answer)]).toEqual([403, 'setup-link']);
    expect(all.rig.calls()).toBe(0);
  });

  test('is not used up by a wrong password, nor by somebody who is suspended', async () => {
    const [account, gone] = [accountOf(all.rig, 6), accountOf(all.rig, 7)];
    const secret = secretOf(await link());
    const wrong = await redeem({ ...account, password: 'wrong' }, secret);
    await all.rig.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [gone.id]);
    const suspended = await redeem(gone, secret);
    expect([typeOf(wrong), typeOf(suspended)]).toEqual(['login-refused', 'login-refused']);
    expect((await redeem(account, secret)).status).toBe(201);
  });

  test('is refused a day later', async () => {
    const secret = secretOf(await link());
    const { now } = all.api.clock;
    all.api.clock.now = new Date(now.getTime() + 25 * 3_600_000);
    expect(typeOf(await redeem(accountOf(all.rig, 8), secret))).toBe('setup-link');
    all.api.clock.now = now;
  });
});

describe('its page', () => {
  test.each([
    ['fr-FR,fr;q=0.9,en;q=0.8', 'fr', 'Première connexion'],
    ['en-GB,en;q=0.9,fr;q=0.5', 'en', 'First sign-in'],
    ['de', 'fr', 'Première connexion'],
  ])('is in French, or English where that is preferred: %s', async (accepted, language, title) => {
    const headers = { 'accept-language': accepted };
    const { status, text, headers: sent } = await all.api.ask('GET', '/setup', { headers });
    expect(status).toBe(200);
    expect(text).toContain(`<html lang="${language}">`);
    expect(text).toContain(title);
    expect(sent.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/<script>|style=|https?:/);
  });

  test('signs the first administrator in, by its script', async () => {
    const account = accountOf(all.rig, 9);
    const address = await link();
    const page = await openPage(address);
    // The key is in the form, and no longer in the address.
    expect(page.fields['secret']?.value).toBe(secretOf(address));
    expect(page.address()).toBe('/setup');

    expect(await page.submit(account.login, 'wrong')).toMatch(/n’est pas accepté/);
    expect(page.fields['password']?.value).toBe('');
    expect(await page.submit(account.login, account.password)).toMatch(/vous avez tous les droits/);
    expect(await all.api.db.grants.hasGrantor(all.api.clock.now)).toBe(true);
    expect(await page.submit(account.login, account.password)).toMatch(
      /Ce lien n’est plus valable/,
    );
  });
});

/** The page's own script on the few things of a browser that it touches. */
async function openPage(address: URL) {
  const { text: html } = await all.api.ask('GET', '/setup');
  const { text: script } = await all.api.ask('GET', '/setup/page.js');
  const fields: Record<string, { value: string }> = {};
  for (const [, id = ''] of html.matchAll(/<input id="(\w+)"/g)) fields[id] = { value: '' };
  const said = { textContent: '', getAttribute: (name: string) => attribute(html, name) };
  let submit = async (_event: { preventDefault(): void }): Promise<void> => {};
  let path = `${address.pathname}${address.hash}`;
  const form = {
    ...{ elements: { namedItem: (name: string) => fields[name] }, hidden: false },
    querySelector: () => ({ disabled: false }),
    addEventListener: (_event: string, listener: typeof submit) => (submit = listener),
  };
  const shown = Object.fromEntries(
    ['intro', 'signed', 'name', 'next'].map((id) => [id, { hidden: false, textContent: '' }]),
  );
  const elements: Record<string, unknown> = { ...shown, form, said };
  vm.runInNewContext(script, {
    document: { getElementById: (id: string) => elements[id] },
    location: { hash: address.hash, pathname: address.pathname },
    history: { replaceState: (_state: null, _title: string, next: string) => (path = next) },
    fetch: (where: string, init: RequestInit) => fetch(new URL(where, address), init),
  });
  return {
    ...{ fields, address: () => path },
    submit: async (username: string, password: string) => {
      Object.assign(fields, { username: { value: username }, password: { value: password } });
      await submit({ preventDefault: () => undefined });
      return said.textContent;
    },
  };
}

function attribute(html: string, name: string): string | null {
  return new RegExp(`${name}="([^"]*)"`).exec(html)?.[1] ?? null;
}
