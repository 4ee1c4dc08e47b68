import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { hashSecret, type Session } from '@passerelle/sync';

/** A session as a request used it. */
export interface SessionUse {
  session: Session;
  /** What changes must send in `X-CSRF-Token`. */
  csrfToken: string;
}

/**
 * What a session cookie holds: a key that stays as long as the session, from which
 * its CSRF token is drawn, and a secret that is another after each rotation. Only
 * the hash of both together is stored.
 */
export interface SessionSecret {
  value: string;
  hash: string;
}

const BYTES = 32;

/** A new session's secret. Made at each sign-in: what a browser brought along is never taken over. */
export function mintSessionSecret(): SessionSecret {
  return join(randomText(), randomText());
}

/** The same session's next secret. */
export function renewSessionSecret(value: string): SessionSecret {
  return join(value.slice(0, value.indexOf('.')), randomText());
}

const SHAPE = /^[\w-]{43}\.[\w-]{43}$/;

/** The hash under which a cookie's session is stored; null: it is none of ours. */
export function hashSessionValue(value: string): string | null {
  return SHAPE.test(value) ? hashSecret(value) : null;
}

/** The CSRF token that goes with a session's cookie; it stays the same when that is rotated. */
export function csrfTokenOf(value: string): string {
  const key = value.slice(0, value.indexOf('.'));
  return createHmac('sha256', key).update('passerelle csrf').digest('base64url');
}

/** Compares in constant time. */
export function isSameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function join(key: string, secret: string): SessionSecret {
  const value = `${key}.${secret}`;
  return { value, hash: hashSecret(value) };
}

function randomText(): string {
  return randomBytes(BYTES).toString('base64url');
}
