import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { SoapCall } from './request.js';

/** How the service wants its callers to sign in. */
export type AuthOptions =
  | { method: 'none' }
  | { method: 'basic'; username: string; password: string }
  | { method: 'wsse'; username: string; password: string }
  | { method: 'parameter'; name?: string; token: string }
  | { method: 'header'; name?: string; token: string }
  /** `ouvrirSession` gives a token, passed on as parameter or header `jeton`. */
  | { method: 'operation'; username: string; password: string; lifetimeSeconds?: number };

/** Let in, or why not. */
export type SignIn = { allowed: true } | { allowed: false; status: 401 | 500; sentence: string };

/** The door of the service. */
export interface Doorkeeper {
  check(call: SoapCall, headers: IncomingHttpHeaders): SignIn;
  /** A session for these credentials, or null. */
  openSession(username: string, password: string): { token: string; seconds: number } | null;
  /** Ends all sessions at once. */
  expireSessions(): void;
}

const WRONG = 'Identifiants incorrects.';
const EXPIRED = 'Session expirée ou jeton invalide.';
const DEFAULT_LIFETIME_SECONDS = 1_800;

/** @param now milliseconds, for the end of sessions */
export function createDoorkeeper(options: AuthOptions, now: () => number): Doorkeeper {
  const sessions = new Map<string, number>();
  const opened = { count: 0 };
  const hasSession = (token: string): boolean => (sessions.get(token) ?? 0) > now();
  return {
    check(call, headers) {
      if (call.operation === 'ouvrirSession') {
        return { allowed: true };
      }
      return checkCredentials(options, call, headers, hasSession);
    },
    openSession(username, password) {
      if (
        options.method !== 'operation' ||
        username !== options.username ||
        password !== options.password
      ) {
        return null;
      }
      opened.count += 1;
      const seconds = options.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
      const token = createHash('sha256')
        .update(`${password}:${opened.count}:${now()}`)
        .digest('hex')
        .slice(0, 32);
      sessions.set(token, now() + seconds * 1_000);
      return { token, seconds };
    },
    expireSessions: () => sessions.clear(),
  };
}

function checkCredentials(
  options: AuthOptions,
  call: SoapCall,
  headers: IncomingHttpHeaders,
  hasSession: (token: string) => boolean,
): SignIn {
  const soapRefusal = (sentence: string): SignIn => ({ allowed: false, status: 500, sentence });
  const token = (name: string): string =>
    call.parameters[name] ?? call.header[name] ?? String(headers[name.toLowerCase()] ?? '');
  switch (options.method) {
    case 'none':
      return { allowed: true };
    case 'basic': {
      const expected = Buffer.from(`${options.username}:${options.password}`).toString('base64');
      return headers.authorization === `Basic ${expected}`
        ? { allowed: true }
        : { allowed: false, status: 401, sentence: WRONG };
    }
    case 'wsse':
      return isRightUsernameToken(options, call) ? { allowed: true } : soapRefusal(WRONG);
    case 'parameter':
      return call.parameters[options.name ?? 'jeton'] === options.token
        ? { allowed: true }
        : soapRefusal('Accès refusé.');
    case 'header':
      return token(options.name ?? 'X-Auth-Token') === options.token
        ? { allowed: true }
        : soapRefusal('Accès refusé.');
    case 'operation':
      return hasSession(token('jeton')) ? { allowed: true } : soapRefusal(EXPIRED);
  }
}

/** WS-Security UsernameToken: the password itself, or base64(sha1(nonce + created + password)). */
function isRightUsernameToken(
  { username, password }: { username: string; password: string },
  { header, passwordIsDigest }: SoapCall,
): boolean {
  const digest = createHash('sha1')
    .update(Buffer.from(header.Nonce ?? '', 'base64'))
    .update(`${header.Created ?? ''}${password}`)
    .digest('base64');
  return header.Username === username && header.Password === (passwordIsDigest ? digest : password);
}
