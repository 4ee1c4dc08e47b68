import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { TestDatabase } from '../support/database.js';
import { runPhp, startPhp } from '../support/php.js';
import { untilTrue } from '../support/patience.js';

const HERE = fileURLToPath(new URL('./php-centre', import.meta.url));

export const ACCOUNT = { username: 'passerelle', password: 'clé & <sésame> "7"' };
export const CONTRACT = join(HERE, 'contract.yaml');

/** What the centre is to be like from now on; see centre.php. */
export interface CentreSettings {
  annexeHasClasses?: boolean;
  annexeHasLearners?: boolean;
}

const rows = z.array(z.record(z.string(), z.union([z.string(), z.boolean(), z.null()])));
const truthShape = z.strictObject({
  definitions: rows,
  sites: rows,
  groups: rows,
  users: rows,
  memberships: rows,
  tutorships: rows,
});
/** The registry's rows as the centre itself tells them. */
export type Truth = z.infer<typeof truthShape>;

const sessionsShape = z.object({
  signIns: z.int(),
  /** Sign-ins with a wrong key. */
  refused: z.int(),
  /** With a good token. */
  calls: z.int(),
  /** With one that is over. */
  expired: z.int(),
});

/** A centre with a server that is not ours: PHP's own SoapServer. */
export interface PhpCentre {
  wsdl: string;
  url: string;
  change(settings: CentreSettings): Promise<void>;
  truth(): Truth;
  /** An answer as it goes over the wire. */
  ask(operation: string, parameters: Readonly<Record<string, string>>): Promise<string>;
  sessions(): z.infer<typeof sessionsShape>;
  /** Holds a call (`eleves 7`) from now on. */
  closeGate(call: string): Promise<void>;
  untilCallWaits(): Promise<unknown>;
  openGate(): Promise<void>;
  stop(): Promise<void>;
}

/** @param today the day on which the centre's people are of age and its contracts run */
export async function startPhpCentre(today: string): Promise<PhpCentre> {
  const state = await mkdtemp(join(tmpdir(), 'passerelle-php-'));
  let settings = {};
  const change = async (changed: CentreSettings): Promise<void> => {
    settings = { today, callsPerToken: CALLS_PER_TOKEN, ...changed };
    await writeFile(join(state, 'settings.json'), JSON.stringify(settings));
  };
  await change({});
  await writeFile(join(state, 'sessions.json'), JSON.stringify(NO_SESSIONS));
  const php = await startPhp(join(HERE, 'router.php'), {
    workers: 5,
    env: { CENTRE_STATE: state },
  });
  return {
    url: php.url,
    wsdl: `${php.url}/?wsdl`,
    change,
    truth: () => truthShape.parse(runPhp(join(HERE, 'truth.php'), JSON.stringify(settings))),
    ask: async (operation, parameters) => {
      const opened = await post(php.url, 'connexion', {
        compte: ACCOUNT.username,
        cle: ACCOUNT.password,
      });
      const [sesame = ''] = /[0-9a-f]{24}/.exec(opened) ?? [];
      return post(php.url, operation, { sesame, ...parameters });
    },
    sessions: () =>
      sessionsShape.parse(JSON.parse(readFileSync(join(state, 'sessions.json'), 'utf8'))),
    closeGate: (call) => writeFile(join(state, 'gate'), call),
    untilCallWaits: () => untilTrue(() => existsSync(join(state, 'waiting')), { interval: 20 }),
    openGate: () => rm(join(state, 'gate'), { force: true }),
    stop: async () => {
      await php.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

const NO_SESSIONS = { signIns: 0, refused: 0, calls: 0, expired: 0, left: {} };

/** What a Passerelle needs to read it. */
export function settingsFor(
  { wsdl }: Pick<PhpCentre, 'wsdl'>,
  { url }: TestDatabase,
): Record<string, string> {
  return {
    DATABASE_URL: url,
    NETYPAREO_WSDL: wsdl,
    NETYPAREO_CONTRACT: CONTRACT,
    NETYPAREO_USERNAME: ACCOUNT.username,
    NETYPAREO_PASSWORD: ACCOUNT.password,
    NETYPAREO_RETRY_BASE_MS: '20',
  };
}

async function post(
  url: string,
  operation: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const content = Object.entries(parameters).map(
    ([name, value]) =>
      `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`,
  );
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:centre-php">
      <s:Body><c:${operation}>${content.join('')}</c:${operation}></s:Body></s:Envelope>`,
  });
  return response.text();
}

/** So few that a sign-in ends in the middle of several runs. */
export const CALLS_PER_TOKEN = 4;

/** What of the centre's answers, and of the way in, must be found nowhere else. */
export const FORBIDDEN = /99900\d{10}|zq7|handicap|amenagement|<sésame>/gi;
