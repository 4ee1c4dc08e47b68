import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Rng } from '../random.js';
import { nginxPage } from './answers.js';

const XML = 'text/xml; charset=utf-8';
const DRIPS = 20;

/** Sends a whole body. */
export function sendWhole(
  response: ServerResponse,
  status: number,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': XML,
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  response.end(body);
}

const TITLES = {
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
} as const;

/** Sends nginx's page for a status. */
export function sendNginxPage(
  response: ServerResponse,
  status: keyof typeof TITLES,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendWhole(response, status, nginxPage(TITLES[status]), {
    'content-type': 'text/html',
    ...headers,
  });
}

/** Streams pieces as fast as the client takes them; stops when it goes away. */
export async function sendPieces(
  response: ServerResponse,
  pieces: Iterable<Buffer>,
): Promise<void> {
  response.writeHead(200, { 'content-type': XML });
  for (const piece of pieces) {
    if (response.destroyed) {
      return;
    }
    if (!response.write(piece)) {
      await drained(response);
    }
  }
  response.end();
}

/** Sends a body in drips over a time. */
export async function drip(response: ServerResponse, body: Buffer, totalMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': XML });
  const size = Math.ceil(body.length / DRIPS);
  for (let from = 0; from < body.length && !response.destroyed; from += size) {
    response.write(body.subarray(from, from + size));
    await delay(totalMs / DRIPS);
  }
  response.end();
}

/** Sends a part of a body, then breaks the connection. */
export async function breakOff(response: ServerResponse, body: Buffer, rng: Rng): Promise<void> {
  response.writeHead(200, { 'content-type': XML });
  const part = body.subarray(0, rng.int(body.length));
  await new Promise<void>((resolve) => {
    response.write(part.length === 0 ? ' ' : part, () => resolve());
    response.once('close', () => resolve());
  });
  response.socket?.resetAndDestroy();
}

/** Resolves when the response takes more, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const waits = ['drain', 'close'].map((event) =>
    once(response, event, { signal }).catch(() => undefined),
  );
  await Promise.race(waits);
  stop.abort();
}
