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

/** A client with its own kept-alive connections; how many calls are made at once is the caller's affair. */
export function createHttpClient(): HttpClient {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  return {
    send: (request, signal) => sendOnce(request, signal, agents, true),
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

function sendOnce(
  request: HttpRequest,
  signal: AbortSignal,
  agents: Agents,
  maySendAgain: boolean,
): Promise<HttpAnswer> {
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
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed a kept-alive connection just as we took it up: no call was made.
      if (maySendAgain && outgoing.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted) {
        sendOnce(request, signal, agents, false).then(resolve, reject);
      } else {
        reject(error);
      }
    });
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
