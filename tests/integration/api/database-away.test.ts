import { createDatabase } from '@passerelle/db';
import { mintSecret, tokenText } from '@passerelle/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { createLog } from '../../support/cluster.js';
import { freePort } from '../../support/spawned.js';

let api: TestApi;
let close: () => Promise<void>;

beforeAll(async () => {
  const url = `postgresql://nobody@127.0.0.1:${await freePort()}/none`;
  const away = createDatabase(url, { poolSize: 2, log: createLog() });
  close = () => away.close();
  const { plans, users, places, grants, tokens, sessions, setupLinks, audit } = away;
  api = await createTestApi({
    deps: { plans, users, places, grants, tokens, sessions, setupLinks, audit },
  });
});
afterAll(async () => {
  await api.dispose();
  await close();
});

const token = tokenText(1, mintSecret().secret);
const cookie = `passerelle_session=${'a'.repeat(43)}.${'b'.repeat(43)}`;
const setup = { username: 'ada', password: 'x', secret: 'x'.repeat(43) };

it.each<[string, string, string, Parameters<TestApi['ask']>[2]]>([
  ['a token', 'GET', '/api/v1/tasks', { token }],
  ['a session', 'GET', '/api/v1/session', { headers: { cookie } }],
  [
    'a token that would change something',
    'POST',
    '/api/v1/tasks/sync_sites/runs',
    { token, body: {} },
  ],
  ['whoever follows what happens', 'GET', '/api/v1/events', { token }],
  ['a file that is asked for', 'GET', '/api/v1/audit?format=csv', { token }],
  ['the set-up link', 'POST', '/api/v1/setup', { body: setup }],
  ['an address of nothing, with a token', 'GET', '/metrics', { token }],
])('%s is told that the database is out of reach, and when to come again', async (...asked) => {
  const [, method, path, options] = asked;
  const { status, headers, json, text } = await api.ask(method, path, options);
  expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(json).toMatchObject({ type: 'urn:passerelle:problem:registry-unreachable' });
  expect(text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|prisma/i);
  expect(headers.get('set-cookie')).toBeNull();
});

it('a process that has lost its database is alive all the same', async () => {
  expect((await api.ask('GET', '/health/live')).status).toBe(200);
});
