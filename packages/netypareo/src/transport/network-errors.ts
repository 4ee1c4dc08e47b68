import type { Overload, SourceError } from '@passerelle/sync';
import { overloaded, unreachable } from './errors.js';

const REFUSED: Record<string, string> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name cannot be resolved at the moment',
  ECONNREFUSED: 'nothing listens at its address',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'its host does not answer',
};
/** What passes by itself, often. */
const PASSING = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/** The server is away, or too busy to take a connection; a name that does not resolve says nothing of it. */
const AWAY: Record<string, Overload> = {
  ECONNREFUSED: 'refused_connection',
  EHOSTUNREACH: 'refused_connection',
  ENETUNREACH: 'refused_connection',
  ETIMEDOUT: 'timeout',
};

/** Sorts an error of node's http, tls or zlib modules. Only its code is passed on. */
export function networkError(operation: string, error: unknown): SourceError {
  const code = codeOf(error);
  // The error itself may carry bytes of the answer (rawPacket), and so somebody's data.
  const cause = new Error(code);
  const refused = REFUSED[code];
  if (refused !== undefined) {
    const overload = AWAY[code];
    return unreachable(`${refused} (${code})`, PASSING.has(code), { cause, overload });
  }
  if (/CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO/.test(code) && code !== 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return unreachable(`its certificate is not trusted (${code})`, false, { cause });
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') {
    return unreachable(`it does not speak TLS at this address (${code})`, false, { cause });
  }
  // What was compressed ends in the middle (Z_BUF_ERROR), or makes no sense.
  const overload = code.startsWith('Z_') ? 'cut_off' : 'reset';
  return overloaded(operation, `the connection broke (${code})`, overload, { cause });
}

function codeOf(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return typeof code === 'string' && code !== '' ? code : 'no reason given';
}
