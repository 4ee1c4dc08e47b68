import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

/** A real browser, of a French reader at a small window, and what it did and complained of. */
export interface TestBrowser {
  /** A new page; what was noted before is forgotten. */
  open(address: URL | string, options?: { width: number; height: number }): Promise<Page>;
  /** What the pages wrote to their console as an error, threw, or were refused by their policy. */
  complaints: string[];
  /** Every address that was asked for. */
  requested: string[];
  close(): Promise<void>;
}

const PHONE = { width: 390, height: 844 };
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Nothing of its own goes out, and nothing of it stays. */
const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
];

/** Starts one. @throws Error if there is no Chromium */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = findChromium();
  const profile = await mkdtemp(join(tmpdir(), 'passerelle-browser-'));
  const removeProfile = () => rm(profile, { recursive: true, force: true, maxRetries: 5 });
  const context = await chromium
    .launchPersistentContext(profile, {
      ...{ executablePath, headless: true, args: QUIET, timeout: 120_000 },
      ...{ locale: 'fr-FR', viewport: PHONE },
    })
    .catch(async (error: unknown) => {
      await removeProfile();
      throw error;
    });
  context.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  const requested: string[] = [];
  await note(context, complaints, requested);
  return {
    ...{ complaints, requested },
    open: async (address, size = PHONE) => {
      for (const notes of [complaints, requested]) notes.length = 0;
      const page = await context.newPage();
      await page.setViewportSize(size);
      await page.goto(String(address));
      return page;
    },
    close: async () => {
      await context.close();
      await removeProfile();
    },
  };
}

async function note(
  context: BrowserContext,
  complaints: string[],
  requested: string[],
): Promise<void> {
  context.on('request', (request) => requested.push(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  // Said once more, since not every refusal is an error of the console.
  const content = `addEventListener('securitypolicyviolation', (refusal) => {
    console.error('refused by the policy: ' + refusal.violatedDirective + ' ' + refusal.blockedURI);
  });`;
  await context.addInitScript({ content });
}

function findChromium(): string {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const places = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  const found = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error('These tests need Chromium: run `apt-get install chromium`.');
}
