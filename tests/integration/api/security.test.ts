import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { ROUTES } from '@passerelle/api';
import { createSource, loadContract } from '@passerelle/netypareo';
import { CAPABILITIES } from '@passerelle/roster';
import { createSourceGate } from '@passerelle/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import {
  createCluster,
  createLog,
  quickOverload,
  type TestCluster,
} from '../../support/cluster.js';
import { CANARIES } from './two-sites.js';

// Others are beside what they are about: another site's data (registry-scope, runs, grants,
// tokens), what a token may (tokens), fixation and CSRF (session, hardening), and, in
// ../access, guesses (login-throttle) and how long they take (login-timing).

let api: TestApi;
let token: string;
beforeAll(async () => {
  api = await createTestApi();
  token = await api.token(CAPABILITIES);
});
afterAll(() => api.dispose());

/** With a token that may do everything. */
const ask: TestApi['ask'] = (method, path, options) => api.ask(method, path, { token, ...options });

describe('every route', () => {
  const each = ROUTES.map(({ method, url, endpoint }) => ({
    ...{ method, endpoint, name: `${method} ${url}` },
    path: url
      .replace(':task', 'sync_sites')
      .replace('users/:ref', 'users/student:1')
      .replace(/\/:\w+/g, '/1'),
  }));

  it.each(each.filter(({ endpoint }) => endpoint.body !== undefined))(
    '$name takes no field that is not its own',
    async ({ method, path }) => {
      const body = { id: 1, userId: 1, requestedBy: 'user:1', state: 'succeeded', isAdmin: true };
      const { status, json } = await ask(method, path, { body });

      expect(status).toBe(400);
      for (const field of Object.keys(body)) {
        const errors: unknown = (json as { errors?: unknown }).errors;
        expect(errors).toContainEqual({ path: `body.${field}`, message: 'there is no such field' });
      }
    },
  );

  it.each(each.filter(({ method }) => method === 'GET'))(
    '$name takes no parameter that is not its own, nor one of one value twice',
    async ({ method, path, endpoint }) => {
      const shape = (endpoint.query as { shape?: Readonly<Record<string, unknown>> } | undefined)
        ?.shape;
      const unknown = await ask(method, `${path}?reach=everywhere`);
      expect(unknown.status).toBe(400);
      if (shape?.limit === undefined) return;
      const twice = await ask(method, `${path}?limit=1&limit=200`);
      expect(twice.status).toBe(400);
    },
  );
});

describe('lines and control characters', () => {
  const CUTS = [
    '\r\nX-Evil: 1',
    '\nlevel=60 forged',
    '\u0085forged',
    '\u2028forged',
    '\u2029forged',
    '\u001b[2Jforged',
    '\0forged',
  ];
  type Place = readonly [name: string, method: string, path: string, body?: object];
  const places = CUTS.flatMap((cut): Place[] => {
    const text = `canary${cut}`;
    const coded = encodeURIComponent(text);
    const written = JSON.stringify(cut);
    const enable = '/api/v1/tasks/sync_sites/enable';
    return [
      [`a search with ${written}`, 'GET', `/api/v1/users?search=${coded}`],
      [`a reference with ${written}`, 'GET', `/api/v1/users/student:${coded}`],
      [`a site with ${written}`, 'GET', `/api/v1/sites/${coded}`],
      [`an address with ${written}`, 'GET', `/${coded}`],
      [`a user name with ${written}`, 'POST', '/api/v1/session', { username: text, password: 'x' }],
      [`a reason with ${written}`, 'POST', enable, { reason: text }],
      [`a field with ${written}`, 'POST', enable, { [text]: 1 }],
    ];
  });

  it.each(places.map(([name, method, path, body]) => ({ name, method, path, body })))(
    'of $name reach neither headers nor the log',
    async ({ method, path, body }) => {
      const from = api.log.length;
      const { status, headers, text } = await ask(method, path, body === undefined ? {} : { body });

      expect(status).toBeLessThan(500);
      expect(headers.get('x-evil')).toBeNull();
      expect([...headers.values()].join('\n')).not.toMatch(/canary|forged/);
      const lines = api.log.slice(from);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.join('\n')).not.toMatch(/canary|forged/);
      expect(text).not.toContain('\u001b[2J');
    },
  );

  it.each(CUTS)('with %j are refused in every text that is kept', async (cut) => {
    const text = `canary${cut}`;
    const kept: [path: string, body: object, field: string][] = [
      ['tasks/sync_sites/enable', { reason: text }, 'reason'],
      ['tokens', { name: text, capabilities: ['auth/netypareo:sync'] }, 'name'],
      ['retries', { since: '2026-01-01T00:00:00Z', reason: text }, 'reason'],
      ['session', { username: text, password: 'x' }, 'username'],
    ];
    for (const [path, body, field] of kept) {
      const { status, json } = await ask('POST', `/api/v1/${path}`, { body });
      expect([path, status]).toEqual([path, 400]);
      expect(json).toMatchObject({ errors: [{ path: `body.${field}` }] });
    }
  });

  it('of an idempotency key are no HTTP', async () => {
    const raw = (key: string): string =>
      `POST /api/v1/runs/1/retry HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
      `Idempotency-Key: ${key}\r\nContent-Length: 2\r\nContent-Type: application/json\r\n` +
      'Connection: close\r\n\r\n{}';
    for (const key of ['a\0b', 'a\u001b[2Jb', 'a\rb', 'a\u007fb']) {
      const answer = await speak(api.url, raw(key));
      expect([key, answer.split('\r\n')[0]]).toEqual([key, 'HTTP/1.1 400 Bad Request']);
    }
    // As far as it is concerned a line that ends begins another header, and no other answer.
    expect(await speak(api.url, raw('a\r\nX-Evil: 1'))).not.toMatch(/^x-evil/im);
    expect(api.log.join('\n')).not.toContain('\\u001b');
  });
});

eachBackend(
  'texts of the source that harm whoever takes them for something else',
  (backend) => {
    let cluster: TestCluster;
    let beside: TestApi;
    const lines: string[] = [];
    const closers: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      cluster = await createCluster(backend, {
        simulator: CENTRE,
        onLog: (line) => lines.push(line),
      });
      const proxy = await startCanaryProxy(`${new URL(cluster.simulator.wsdlUrl).origin}/ws`);
      const { context } = cluster;
      const source = createSource({
        contract: await loadContract(undefined),
        ...{ wsdl: cluster.simulator.wsdlUrl, endpoint: proxy.url, credentials: {} },
        gate: createSourceGate({
          ...{ store: cluster.db.sourceState, settings: quickOverload(), random: () => 0.5 },
          ...{ probe: (signal) => source.probe(signal), blackoutEnd: () => null },
          ...{ now: context.now, log: createLog() },
        }),
        ...{ now: () => Date.now(), log: createLog((line) => lines.push(line)) },
      });
      closers.push(
        () => proxy.close(),
        async () => source.close(),
      );
      await cluster.startWorker({ ...context, source });
      await cluster.runAll();
      beside = await createTestApi({ cluster });
    });
    afterAll(async () => {
      await beside.dispose();
      await cluster.dispose();
      for (const close of closers) await close();
    });

    it('are kept letter by letter', async () => {
      for (const [table, column] of TEXT_COLUMNS) {
        const { rows } = await cluster.sql.query<{ said: string }>(
          `SELECT DISTINCT ${column} AS said FROM ${table} WHERE ${column} <> ''`,
        );
        const said = rows.map((row) => row.said);
        expect([table, column, said.length > 0]).toEqual([table, column, true]);
        expect(CANARIES).toEqual(expect.arrayContaining(said));
      }
    });

    it('are found by themselves, and answered as data', async () => {
      const key = await beside.token(CAPABILITIES);
      for (const canary of CANARIES) {
        const search = encodeURIComponent(canary);
        const { status, headers, json } = await beside.ask(
          'GET',
          `/api/v1/users?search=${search}`,
          {
            token: key,
          },
        );
        expect([canary, status]).toEqual([canary, 200]);
        expect(headers.get('content-type')).toMatch(/^application\/json/);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("default-src 'none'");
        for (const { lastName, firstName } of (json as { items: Named[] }).items) {
          expect(CANARIES).toContain(lastName);
          expect(CANARIES).toContain(firstName);
        }
      }
    });

    it('are in no log', () => {
      const log = decoded([...lines, ...beside.log].join('\n'));
      expect(log).not.toBe('');
      for (const canary of CANARIES) {
        expect(log).not.toContain(canary);
        expect(log).not.toContain(JSON.stringify(canary).slice(1, -1));
      }
    });
  },
  ['postgres'],
);

interface Named {
  lastName: string;
  firstName: string;
}

const CENTRE = { centre: { today: '2026-11-20', learners: 60 } };

/** Where the source's names and labels end. */
const TEXT_COLUMNS = [
  ...[
    ['users', 'last_name'],
    ['users', 'first_name'],
    ['sites', 'name'],
    ['sites', 'short_name'],
  ],
  ...[
    ['groups', 'name'],
    ['definitions', 'label'],
    ['tutorships', 'company'],
  ],
] as const;

/** Elements of NetYParéo that hold a text, and no code. */
const TEXT_ELEMENT = /(<((?:nom|prenom|abrege)\w*)(?: [^>]*)?>)([^<]+)(<\/\2>)/g;

/** Puts a canary into every text field of every answer, each in turn. */
async function startCanaryProxy(target: string): Promise<{ url: string; close(): Promise<void> }> {
  let next = 0;
  const spoil = (xml: string): string =>
    xml.replace(TEXT_ELEMENT, (_all, open: string, _name, _said, end: string) => {
      next += 1;
      return open + escaped(CANARIES[next % CANARIES.length] ?? '') + end;
    });
  const server = createServer((request, response) => {
    void passOn(target, request).then((body) => {
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(spoil(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function passOn(target: string, request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { 'content-type': type = 'text/xml', soapaction = '""' } = request.headers;
  const answer = await fetch(target, {
    ...{ method: 'POST', body: Buffer.concat(pieces) },
    headers: { 'content-type': type, soapaction: String(soapaction) },
  });
  return answer.text();
}

/** With what stands in addresses in the clear. */
function decoded(log: string): string {
  return log.replaceAll(/(?:%[\dA-F]{2})+/gi, (coded) => decodeURIComponent(coded));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Sends bytes as they are, and reads what comes until the end. */
async function speak(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
