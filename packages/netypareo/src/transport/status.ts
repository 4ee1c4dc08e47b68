import type { Overload, SourceError } from '@passerelle/sync';
import { overloaded, refusedSignIn, unreachable } from './errors.js';
import type { HttpAnswer } from './http.js';

/** What a status other than 200 means, where there is no SOAP fault to say it better. */
export function statusError(operation: string, answer: HttpAnswer, now: number): SourceError {
  const { status } = answer;
  if (status === 401 || status === 403) return refusedSignIn(operation, `HTTP ${status}`);
  if (status >= 500 || status === 429 || status === 408) {
    return overloaded(operation, `HTTP ${status}`, overloadOf(status), {
      retryAfterMs: retryAfter(answer.headers['retry-after'], now),
    });
  }
  if (status >= 300 && status < 400) {
    return unreachable(
      `its address redirects elsewhere (HTTP ${status}); give the final one as NETYPAREO_ENDPOINT`,
      false,
    );
  }
  return unreachable(
    `there is no SOAP service at its address (HTTP ${status} to ${operation})`,
    false,
  );
}

const OVERLOADS = new Map<number, Overload>([
  [408, 'timeout'],
  [429, 'http_429'],
  [502, 'http_502'],
  [503, 'http_503'],
  [504, 'http_504'],
]);

/** The sign of overload that a status is, where it is one. */
export function overloadOf(status: number): Overload | null {
  return OVERLOADS.get(status) ?? (status >= 500 ? 'http_500' : null);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
