import { isIP } from 'node:net';
import { z } from 'zod';

/** Settings as text: each schema says in its error what was expected. */

const MAX_TIMER_MS = 2 ** 31 - 1;

/** A whole number between bounds, both included. */
export function whole(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

/** A time in milliseconds that a timer can wait. */
export const milliseconds = (min: number) => whole(min, MAX_TIMER_MS);

export const bytes = () => whole(1_024, Number.MAX_SAFE_INTEGER);

/** How long something is kept, in days; never for ever. */
export const days = () => whole(1, 36_500);

/** Any text. */
export const text = () => z.string();

/** An address with one of the given schemes (`http:`). */
export function address(schemes: readonly string[], example: string) {
  return z.string().refine((value) => schemes.includes(schemeOf(value)), {
    error: `expected an address like ${example}`,
  });
}

/** Where a server listens. */
export function host() {
  return z.string().regex(/^[\w.:%-]+$/, { error: 'expected a host name or an IP address' });
}

/** An http(s) address; a slash at its end is dropped. */
export function webAddress(example: string) {
  return address(['http:', 'https:'], example).transform((value) => value.replace(/\/+$/, ''));
}

/** An http(s) address or the path of a file. */
export function webAddressOrFile(example: string) {
  return z
    .string()
    .refine((value) => !value.includes('://') || ['http:', 'https:'].includes(schemeOf(value)), {
      error: `expected an http(s) address or a file, like ${example}`,
    });
}

const EMAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

/** One e-mail address, without a name. */
export function emailAddress() {
  return z.string().regex(EMAIL, { error: 'expected an address like alerts@cfa.example' });
}

/** E-mail addresses with commas between them. */
export function addressList() {
  const error = 'expected addresses like anna@cfa.example, it@cfa.example';
  return z
    .string()
    .transform((value) => value.split(',').map((one) => one.trim()))
    .refine((list) => list.every((one) => EMAIL.test(one)), { error });
}

/** A time zone that the runtime knows. */
export function timeZone() {
  return z.string().refine(isTimeZone, {
    error: 'expected the name of a time zone like Europe/Paris',
  });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

function schemeOf(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol : '';
}

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** Addresses and networks, separated by commas: `loopback,10.0.0.0/8`. */
export function networks() {
  return z.string().refine((list) => list.split(',').every((each) => isNetwork(each.trim())), {
    error: 'expected addresses or networks, separated by commas, such as loopback,10.0.0.0/8',
  });
}

function isNetwork(name: string): boolean {
  const [ip = '', bits, ...rest] = name.split('/');
  if (NAMED_NETWORKS.includes(name)) return true;
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(ip) as 0 | 4 | 6];
  return rest.length === 0 && longest >= 0 && (bits === undefined || isWhole(bits, longest));
}

function isWhole(digits: string, longest: number): boolean {
  return /^\d{1,3}$/.test(digits) && Number(digits) <= longest;
}
