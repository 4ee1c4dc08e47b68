import { request as ask } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { csrfTokenOf, endpoint, mintSessionSecret, needs, ok, route } from '@passerelle/api';
import { RegistryError } from '@passerelle/db';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Answer,
  createTestApi,
  type TestApi,
  type TestApiOptions,
} from '../../support/api.js';
import { untilTrue } from '../../support/patience.js';

const VIEW = 'auth/netypareo:viewruns';
const CANARY = 'Zoé Canari 987654321';
const answersSaid = { 200: z.strictObject({ said: z.string() }) };

/** What goes wrong in handlers, and what takes its time. */
const waiting: (() => void)[] = [];
let streaming: AbortSignal | undefined;
const slow = endpoint({
  ...{ summary: 'Waits', answers: answersSaid },
  handle: () =>
    new Promise<{ status: 200; body: { said: string } }>((resolve) => {
      waiting.push(() => resolve(ok({ said: 'at last' })));
    }),
});
const broken = endpoint({
  ...{ summary: 'Breaks', answers: answersSaid },
  handle: async () => Promise.reject<never>(new Error(`secret of ${CANARY}`)),
});
const undocumented = endpoint({
  ...{ summary: 'Answers what it did not promise', answers: answersSaid },
  handle: async () => ok({ said: 'x', password: CANARY } as { said: string }),
});
const unreachable = endpoint({
  ...{ summary: 'Has no database', answers: answersSaid },
  handle: async () => Promise.reject<never>(new RegistryError('unreachable', 'test', undefined)),
});
const events = endpoint({
  ...{ summary: 'Goes on and on', answers: answersSaid, media: ['text/event-stream'] },
  handle: async (_request, { signal }) => {
    streaming = signal;
    const stream = new Readable({ read: () => undefined });
    signal.addEventListener('abort', () => stream.push(null));
    stream.push(': here\n\n');
    return { status: 200 as const, type: 'text/event-stream', stream };
  },
});
const echo = endpoint({
  ...{ summary: 'Says it again', answers: answersSaid },
  body: z.strictObject({ say: z.string() }),
  handle: async ({ body }) => ok({ said: body.say }),
});
const ROUTES = [
  route('GET', '/test/slow', 'public', slow),
  route('GET', '/test/broken', 'public', broken),
  route('GET', '/test/undocumented', 'public', undocumented),
  route('GET', '/test/unreachable', 'public', unreachable),
  route('GET', '/test/events', 'public', events),
  route('POST', '/test/echo', needs(VIEW), echo),
  route('POST', '/test/open', 'public', echo),
];

const open = (options: TestApiOptions = {}) => createTestApi({ routes: ROUTES, ...options });
const typeOf = ({ json }: Answer) => (json as { type?: string } | undefined)?.type;
const problem = (name: string) => `urn:passerelle:problem:${name}`;

describe('the API', () => {
  let api: TestApi;
  let token: string;

  beforeAll(async () => {
    api = await open();
    token = await api.token([VIEW]);
  });
  afterAll(() => api.dispose());

  it('says nothing of what broke, and logs it with the number of the request', async () => {
    const answer = await api.ask('GET', '/test/broken');

    expect({ status: answer.status, type: typeOf(answer) }).toEqual({
      ...{ status: 500, type: problem('unexpected') },
    });
    expect(answer.text).not.toContain('secret');
    expect(answer.text).not.toMatch(/\.[jt]s:\d+/);
    const id = answer.headers.get('x-request-id') ?? 'none';
    expect(answer.text).toContain(id);
    expect(api.log.some((line) => line.includes(id) && line.includes('request failed'))).toBe(true);
  });

  it('sends nothing that it did not promise', async () => {
    const answer = await api.ask('GET', '/test/undocumented');

    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain(CANARY);
  });

  it('says when the database is out of reach, and when to come again', async () => {
    const answer = await api.ask('GET', '/test/unreachable');

    expect({ status: answer.status, type: typeOf(answer) }).toEqual({
      ...{ status: 503, type: problem('registry-unreachable') },
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    ['what is not there', 'GET', '/nothing', 404, 'not-found'],
    ['a method that is not offered', 'DELETE', '/test/echo', 405, 'method-not-allowed'],
    ['a method without an address', 'PUT', '/api', 404, 'not-found'],
    ['an address that cannot be read', 'GET', '/test/%E0%A4%A', 400, 'invalid-request'],
    ['a parameter that nobody knows', 'POST', '/test/echo?debug=1', 400, 'invalid-request'],
  ])('answers %s with a problem', async (_what, method, path, status, type) => {
    const answer = await api.ask(method, path, {
      token,
      ...(method === 'GET' ? {} : { body: { say: 'x' } }),
    });

    expect({ status: answer.status, type: typeOf(answer) }).toEqual({
      status,
      type: problem(type),
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    if (status === 405) expect(answer.headers.get('allow')).toBe('POST');
  });

  it.each([
    ['too long a body', { say: 'x'.repeat(70_000) }, {}, 413, 'body-too-large'],
    ['a body that is no JSON', '{"say":', {}, 400, 'malformed-body'],
    ['an empty body of JSON', '', {}, 400, 'malformed-body'],
    ['a form', 'say=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, null],
    ['a text', 'x', { 'content-type': 'text/plain' }, 415, null],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, 415, null],
    ['a field too many', { say: 'x', admin: true }, {}, 400, 'invalid-request'],
    ['a field that is missing', {}, {}, 400, 'invalid-request'],
    ['no object', [], {}, 400, 'invalid-request'],
    ['a way into prototypes', '{"say":"x","__proto__":{"a":1}}', {}, 400, 'malformed-body'],
  ])('refuses %s', async (_what, body, headers, status, type) => {
    const answer = await api.ask('POST', '/test/echo', { token, body, headers });

    expect(answer.status).toBe(status);
    expect(typeOf(answer)).toBe(problem(type ?? 'unsupported-media-type'));
  });

  it('names what is wrong by its place, without repeating it', async () => {
    const body = { say: ['a secret said'], [CANARY]: 'another' };
    const answer = await api.ask('POST', '/test/echo', { token, body });

    expect(answer.json).toMatchObject({
      errors: [{ path: 'body.say' }, { path: `body.${CANARY}`, message: 'there is no such field' }],
    });
    expect(answer.text).not.toMatch(/a secret said|another/);
  });

  it('binds browsers with every answer, and lets none be kept', async () => {
    for (const path of ['/test/broken', '/nothing', '/openapi.json', '/health']) {
      const { headers } = await api.ask('GET', path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('logs neither addresses as they were sent, nor bodies, nor tokens', async () => {
    await api.ask('POST', `/test/echo?name=${encodeURIComponent(CANARY)}`, { token, body: {} });
    await api.ask('GET', `/${encodeURIComponent(CANARY)}`);
    await api.ask('POST', '/test/echo', { token, body: { say: CANARY } });
    await api.ask('GET', '/test/slow\r\nFORGED', { token }).catch(() => undefined);

    const log = api.log.join('\n');
    expect(log).toContain('/test/echo');
    for (const secret of ['Canari', token, token.slice(8), 'FORGED', '?name']) {
      expect(log).not.toContain(secret);
    }
  });

  it('goes by its own names only', async () => {
    const { port } = new URL(api.url);
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', 'a b']) {
      expect([host, await statusWithHost(api.url, host)]).toEqual([host, 421]);
    }
    for (const host of [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`, 'LOCALHOST']) {
      expect([host, await statusWithHost(api.url, host)]).toEqual([host, 404]);
    }
  });

  it('answers what is not HTTP, and is there afterwards', async () => {
    expect(await sayTo(api.url, 'HELLO\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 .*application\/problem\+json/s,
    );
    const names = 'Host: localhost\r\nHost: evil.example\r\nConnection: close';
    expect(await sayTo(api.url, `GET /nothing HTTP/1.1\r\n${names}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 4(00|21) /,
    );
    expect((await api.ask('GET', '/nothing')).status).toBe(404);
  });

  it.each([
    ['no name', 'GET /nothing HTTP/1.1\r\nConnection: close'],
    [
      'another name before the path',
      'GET http://evil.example/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close',
    ],
  ])('takes no request with %s', async (_what, text) => {
    expect(await sayTo(api.url, `${text}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 421 .*application\/problem\+json/s,
    );
  });
});

/** Writes to a socket, and reads until the other side ends it. */
async function sayTo(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  socket.write(text);
  let said = '';
  for await (const piece of socket) said += String(piece);
  return said;
}

/** fetch chooses its own Host. 404: the name is ours, and nothing is there. */
function statusWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = ask(`${url}/nothing`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

describe('limits', () => {
  let api: TestApi | undefined;
  afterEach(() => api?.dispose());

  it('hold for an address, and say when to come again', async () => {
    api = await open({ deps: { limits: { perAddress: 3, perCaller: 100, handlerMs: 5_000 } } });
    const answers: Answer[] = [];
    for (let asked = 0; asked < 5; asked += 1) answers.push(await api.ask('GET', '/nothing'));

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 429, 429]);
    expect(typeOf(answers[4] as Answer)).toBe(problem('rate-limited'));
    expect(Number(answers[4]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('hold for a caller, and not for another', async () => {
    api = await open({ deps: { limits: { perAddress: 100, perCaller: 2, handlerMs: 5_000 } } });
    const [one, other] = [await api.token([VIEW]), await api.token([VIEW])];
    const statuses: number[] = [];
    for (const token of [one, one, one, other]) {
      statuses.push((await api.ask('POST', '/test/echo', { token, body: { say: 'x' } })).status);
    }

    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  it('hold for how long an answer takes', async () => {
    api = await open({ deps: { limits: { perAddress: 100, perCaller: 100, handlerMs: 50 } } });
    const answer = await api.ask('GET', '/test/slow');

    expect({ status: answer.status, type: typeOf(answer) }).toEqual({
      ...{ status: 503, type: problem('too-slow') },
    });
  });

  it('do not hold for what goes on and on', async () => {
    api = await open({ deps: { limits: { perAddress: 100, perCaller: 100, handlerMs: 50 } } });
    const response = await fetch(`${api.url}/test/events`);
    const reader = response.body?.getReader();
    await reader?.read();
    const second = reader?.read();
    const late = await api.ask('GET', '/test/slow');

    expect(late.status).toBe(503);
    await api.stop();
    expect(await second).toMatchObject({ done: true });
  });
});

describe('a server that stops', () => {
  beforeEach(() => {
    waiting.length = 0;
  });

  it('finishes what it began, ends streams, and takes nothing more', async () => {
    const api = await open();
    const stream = await fetch(`${api.url}/test/events`);
    const answer = api.ask('GET', '/test/slow');
    await untilTrue(() => waiting.length > 0);
    const stopped = api.stop();
    const ended = stream.text();

    expect(await ended).toBe(': here\n\n');
    expect(streaming?.aborted).toBe(true);
    await expect(api.ask('GET', '/nothing')).rejects.toThrow('fetch failed');
    waiting.pop()?.();
    expect((await answer).json).toEqual({ said: 'at last' });
    await stopped;
    await api.dispose();
  });

  it('does not wait for ever', async () => {
    const api = await open({ deps: { shutdownMs: 100 } });
    const answer = api.ask('GET', '/test/slow').then(
      () => 'answered',
      () => 'cut off',
    );
    await untilTrue(() => waiting.length > 0);
    await api.stop();

    expect(await answer).toBe('cut off');
    await api.dispose();
  });
});

describe('a session', () => {
  let api: TestApi;
  const secret = mintSessionSecret();

  beforeAll(async () => {
    api = await open();
    await api.signIn(secret.hash, [{ capability: VIEW, siteCode: null }]);
  });
  afterAll(() => api.dispose());

  const cookie = (value: string) => `passerelle_session=${value}`;
  const say = (headers: Record<string, string>) =>
    api.ask('POST', '/test/echo', { body: { say: 'hello' }, headers });
  const csrf = { 'x-csrf-token': csrfTokenOf(secret.value) };

  it('changes with its token, and from a page of ours only', async () => {
    const ours = { cookie: cookie(secret.value) };

    expect((await say({ ...ours, ...csrf })).status).toBe(200);
    expect((await say({ ...ours, ...csrf, origin: api.url })).status).toBe(200);
    for (const headers of [
      {},
      { 'x-csrf-token': 'x' },
      { 'x-csrf-token': csrfTokenOf(mintSessionSecret().value) },
      { ...csrf, origin: 'https://evil.example' },
      { ...csrf, origin: 'null' },
    ]) {
      const answer = await say({ ...ours, ...headers });
      expect({ status: answer.status, type: typeOf(answer) }).toEqual({
        ...{ status: 403, type: problem('csrf-token') },
      });
    }
  });

  it('is none of its cookie but that', async () => {
    const other = mintSessionSecret().value;
    const mixed = `${secret.value.split('.')[0]}.${other.split('.')[1]}`;
    for (const value of [other, mixed, '', 'x', `${secret.value}x`]) {
      const { status } = await say({ cookie: cookie(value), ...csrf });
      expect([value, status]).toEqual([value, 401]);
    }
  });

  it('is never asked where a token is shown that does not hold', async () => {
    const headers = { cookie: cookie(secret.value), ...csrf, authorization: 'Bearer psr_1_x' };

    expect((await say(headers)).status).toBe(401);
  });

  it('lets no other page use what is open to anybody', async () => {
    const body = { say: 'x' };
    const headers = { origin: 'https://evil.example' };

    expect((await api.ask('POST', '/test/open', { body })).status).toBe(200);
    expect((await api.ask('POST', '/test/open', { body, headers })).status).toBe(403);
  });

  it('gets another secret with time, and keeps its CSRF token', async () => {
    const start = api.clock.now;
    api.clock.now = new Date(start.getTime() + 11 * 60_000);
    const answer = await say({ cookie: cookie(secret.value), ...csrf });
    const set = answer.headers.get('set-cookie') ?? '';
    const next = /^passerelle_session=([^;]+); Path=\/; HttpOnly; SameSite=Strict/.exec(set)?.[1];

    expect(answer.status).toBe(200);
    expect(next).toBeDefined();
    expect(next).not.toBe(secret.value);
    expect(csrfTokenOf(next ?? '')).toBe(csrfTokenOf(secret.value));
    expect((await say({ cookie: cookie(next ?? ''), ...csrf })).status).toBe(200);
    api.clock.now = new Date(start.getTime() + 13 * 60_000);
    expect((await say({ cookie: cookie(secret.value), ...csrf })).status).toBe(401);
  });
});

describe('behind https', () => {
  it('binds its cookie to the host, goes by its public name, and believes a proxy here', async () => {
    const publicUrl = 'https://passerelle.example';
    const api = await open({ deps: { listen: { host: '127.0.0.1', port: 0, publicUrl } } });
    const secret = mintSessionSecret();
    await api.signIn(secret.hash, [{ capability: VIEW, siteCode: null }]);
    const headers = { 'x-csrf-token': csrfTokenOf(secret.value), origin: publicUrl };
    const say = (cookie: string) =>
      api.ask('POST', '/test/echo', { body: { say: 'x' }, headers: { ...headers, cookie } });

    expect((await say(`__Host-passerelle_session=${secret.value}`)).status).toBe(200);
    expect((await say(`passerelle_session=${secret.value}`)).status).toBe(401);
    expect(await statusWithHost(api.url, 'passerelle.example')).toBe(404);
    expect((await api.ask('GET', '/nothing')).headers.get('strict-transport-security')).toContain(
      'max-age',
    );
    await api.dispose();
  });

  it.each([
    ['loopback', '192.0.2.7'],
    ['10.0.0.0/8', '127.0.0.1'],
  ])('believes the proxies it is told to (%s)', async (trustedProxies, from) => {
    const listen = { host: '127.0.0.1', port: 0, publicUrl: 'https://passerelle.example' };
    const api = await createTestApi({ deps: { listen: { ...listen, trustedProxies } } });
    const token = await api.token(['auth/netypareo:grant']);
    const headers = { 'x-forwarded-for': '192.0.2.7' };
    const body = { name: 'intranet', capabilities: ['auth/netypareo:grant'] };
    await api.ask('POST', '/api/v1/tokens', { token, headers, body });
    expect(await api.audit()).toMatchObject([{ action: 'token.created', from }, {}]);
    await api.dispose();
  });
});
