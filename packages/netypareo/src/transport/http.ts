import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface HttpRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | null;
}

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Decompressed. Destroying it ends the call. */
  body: Readable;
}

export interface HttpClient {
  /** @throws whatever node's http module reports, or the signal's reason */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

/**
 * A client that makes a connection for each call. On a kept one, a reset does not
 * tell whether the server had closed it before or died of the call: a call that
 * never arrived could not be told from one that must not be made twice.
 */
export function createHttpClient(): HttpClient {
  const agents = { 'http:': new http.Agent(), 'https:': new https.Agent() };
  return {
    send: (request, signal) => send(request, signal, agents),
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

interface Agents {
  'http:': http.Agent;
  'https:': https.Agent;
}

function send(request: HttpRequest, signal: AbortSignal, agents: Agents): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url);
    const isSecure = url.protocol === 'https:';
    const options = {
      method: request.method,
      headers: headersOf(request),
      agent: isSecure ? agents['https:'] : agents['http:'],
      signal,
    };
    const outgoing = isSecure ? https.request(url, options) : http.request(url, options);
    outgoing.on('response', (incoming) =>
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: decompress(incoming),
      }),
    );
    outgoing.on('error', reject);
    outgoing.end(request.body ?? undefined);
  });
}

function headersOf({ body, headers }: HttpRequest): Record<string, string> {
  return {
    accept: 'text/xml, application/soap+xml, application/xml',
    'accept-encoding': 'gzip',
    'user-agent': 'passerelle',
    ...headers,
    ...(body !== null && { 'content-length': String(Buffer.byteLength(body)) }),
  };
}

function decompress(incoming: IncomingMessage): Readable {
  const inflate = inflaterFor(incoming.headers['content-encoding']);
  if (inflate === null) return incoming;
  // Not pipeline(): a broken connection must surface as an error of what is read.
  incoming.on('error', (error) => inflate.destroy(error));
  inflate.on('close', () => incoming.destroy());
  return incoming.pipe(inflate);
}

function inflaterFor(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}
