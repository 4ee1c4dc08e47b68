import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import { createWebhook } from '@passerelle/scheduler';
import type { AlertMessage } from '@passerelle/sync';
import { afterEach, beforeEach, expect, it } from 'vitest';

interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const NOW = new Date('2026-11-20T12:00:00.400Z');
const message: AlertMessage = {
  ...{ type: 'alerts', from: 'cfa.example', at: NOW.toISOString(), begun: [], ended: [], open: 0 },
};
const never = new AbortController().signal;

let server: Server;
let asked: Asked[];
/** What the server answers on a path; nothing: never. */
let answers: Record<string, { status: number; head?: Record<string, string> }>;

beforeEach(async () => {
  asked = [];
  answers = { '/hook': { status: 204 } };
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      asked.push({ path, headers, body: Buffer.concat(pieces).toString() });
      const answer = answers[path];
      if (answer !== undefined) response.writeHead(answer.status, answer.head).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function urlOf(path: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It does not listen.');
  return `http://127.0.0.1:${address.port}${path}`;
}

const send = (path: string, differing: object = {}, signal = never) =>
  createWebhook({ url: urlOf(path), now: () => NOW, ...differing }).send(
    { id: randomUUID(), message },
    signal,
  );

it('sends JSON that is signed over its time and its bytes', async () => {
  const id = randomUUID();
  const webhook = createWebhook({ url: urlOf('/hook'), secret: 'between us', now: () => NOW });
  expect(await webhook.send({ id, message }, never)).toEqual({ ok: true });

  const [request] = asked;
  expect(JSON.parse(request?.body ?? '')).toEqual({ id, ...message });
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'passerelle-delivery': id,
  });
  const time = '1795176000';
  const mac = createHmac('sha256', 'between us').update(`${time}.${request?.body}`).digest('hex');
  expect(request?.headers['passerelle-signature']).toBe(`t=${time},v1=${mac}`);
});

it('does not sign without a secret', async () => {
  await send('/hook');
  expect(asked[0]?.headers).not.toHaveProperty('passerelle-signature');
});

it('follows nobody elsewhere', async () => {
  answers['/moved'] = { status: 307, head: { location: urlOf('/hook') } };
  expect(await send('/moved')).toEqual({ ok: false, error: 'HTTP 307' });
  expect(asked.map(({ path }) => path)).toEqual(['/moved']);
});

it.each([400, 404, 500, 503])('takes %i for a failure', async (status) => {
  answers['/hook'] = { status };
  expect(await send('/hook')).toEqual({ ok: false, error: `HTTP ${status}` });
});

it('waits no longer than its time, nor than its process', async () => {
  expect(await send('/silent', { timeoutMs: 50 })).toEqual({ ok: false, error: 'TimeoutError' });
  const stopping = AbortSignal.abort();
  expect(await send('/silent', {}, stopping)).toEqual({ ok: false, error: 'AbortError' });
});

it('says in a short code why nobody was there, and never where', async () => {
  const url = urlOf('/hook?key=hunter22');
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  const sent = await createWebhook({ url, now: () => NOW }).send({ id: '', message }, never);
  expect(sent).toEqual({ ok: false, error: 'ECONNREFUSED' });
});
