import { createSetupLink } from '@passerelle/sync';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type TestBrowser, startBrowser } from '../support/browser.js';
import { createLoginApi, type LoginApi } from '../support/login-api.js';
import { accountOf } from '../support/logins.js';

let all: LoginApi | undefined;
let browser: TestBrowser | undefined;

beforeAll(async () => {
  all = await createLoginApi();
  // A browser goes by a clock of its own.
  all.api.clock.now = new Date();
  browser = await startBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await all?.dispose();
}, 180_000);

/** Everything that was started. */
function places(): Pick<LoginApi, 'api' | 'rig'> & { user: TestBrowser } {
  if (all === undefined || browser === undefined) throw new Error('They were not started.');
  return { ...all, user: browser };
}

/** Would be an element, and run a script, if it were ever taken for HTML. */
const CANARY = '<img src=x onerror="document.title=1">&amp;';

/** How Chromium tells of any answer that is a refusal. */
const REFUSED = /^Failed to load resource: the server responded with a status of (401|403) /;

describe('in a real browser', () => {
  test('the set-up page makes the first administrator, once', { timeout: 180_000 }, async () => {
    const { api, rig, user } = places();
    const account = accountOf(rig, 0);
    await api.sql.query('UPDATE users SET last_name = $1 WHERE id = $2', [CANARY, account.id]);
    const { setupLinks } = api.db;
    const link = await createSetupLink({ setupLinks, now: () => api.clock.now }, api.url);
    const submit = async (page: Page, password: string) => {
      await page.getByLabel('Identifiant NetYParéo').fill(account.login);
      await page.getByLabel('Mot de passe NetYParéo').fill(password);
      await page.getByRole('button').click();
    };

    const page = await user.open(link?.url ?? '');
    // The key is in neither address nor history.
    expect(page.url()).toBe(`${api.url}/setup`);
    await submit(page, 'wrong');
    await page.getByText('n’est pas accepté').waitFor();
    await submit(page, account.password);
    await page.getByText('vous avez tous les droits').waitFor();
    expect(await page.locator('#signed').innerText()).toContain(CANARY);
    expect(await page.getByRole('button').isVisible()).toBe(false);
    const { httpOnly, sameSite } = (await page.context().cookies())[0] ?? {};
    expect({ httpOnly, sameSite }).toEqual({ httpOnly: true, sameSite: 'Strict' });
    await page.getByRole('link').click();
    await page.getByText('/api/v1/session', { exact: true }).first().waitFor();
    expect(user.complaints).toEqual([expect.stringMatching(REFUSED)]);

    const again = await user.open(link?.url ?? '');
    await submit(again, account.password);
    await again.getByText('Ce lien n’est plus valable').waitFor();
    expect(user.complaints).toEqual([expect.stringMatching(REFUSED)]);
    expect(await again.title()).toBe('Première connexion à Passerelle');
  });

  test('the operations are listed at /docs', { timeout: 180_000 }, async () => {
    const { api, user } = places();
    const page = await user.open(`${api.url}/docs`);
    await page.getByText('Run a task now').waitFor();

    const document = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse((await api.ask('GET', '/openapi.json')).json);
    const operations = Object.values(document.paths).flatMap((path) => Object.keys(path));
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    await page.getByText('Run a task now').click();
    await page.getByText('A caller who may do so for a site only must name it.').waitFor();
    expect(await page.title()).toBe('Passerelle');
    expect(user.complaints).toEqual([]);
    expect(user.requested.filter((address) => !/^(data:|http:\/\/127\.0\.0\.1:)/.test(address))) //
      .toEqual([]);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  });
});
