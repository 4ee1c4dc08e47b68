import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { ProblemError } from '../problems/problem-error.js';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const ANY_ADDRESS = ['0.0.0.0', '::'];

/**
 * Tells whether a `Host` header names this server. A page that points a name of its
 * own at our address (DNS rebinding) does not get past it; an address is no such
 * name, so any will do where the server listens on all.
 */
export function createHostCheck(listen: {
  host: string;
  publicUrl?: string;
}): (request: Pick<IncomingMessage, 'headersDistinct' | 'url'>) => void {
  const names = new Set([...LOOPBACK, bare(listen.host)]);
  if (listen.publicUrl !== undefined) names.add(bare(new URL(listen.publicUrl).hostname));
  const takesAddresses = ANY_ADDRESS.includes(bare(listen.host));
  return ({ headersDistinct: { host: headers = [] }, url = '' }) => {
    // `GET http://other.example/`: another name than the header's, and for proxies only.
    if (!url.startsWith('/')) throw new ProblemError('unknown-host');
    const [header, ...others] = headers;
    const name = header === undefined || others.length > 0 ? null : nameOf(header);
    if (name !== null && (names.has(name) || (takesAddresses && isIP(name) !== 0))) return;
    throw new ProblemError('unknown-host');
  };
}

/** The name in `name:port` or `[::1]:port`; null: it is neither. */
function nameOf(header: string): string | null {
  const [, name] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(header) ?? [];
  return name === undefined ? null : bare(name);
}

function bare(name: string): string {
  return name.replace(/^\[|\]$/g, '').toLowerCase();
}
