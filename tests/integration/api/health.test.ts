import { afterEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startRedis } from '../../support/redis.js';
import { endProcess, freePort } from '../../support/spawned.js';
import { eventually } from '../../support/patience.js';

let api: TestApi | undefined;
afterEach(async () => {
  await api?.dispose();
  api = undefined;
});

describe('what is ready', () => {
  it('says so, to anybody', async () => {
    api = await createTestApi();
    const { status, json } = await api.ask('GET', '/health/ready');
    expect({ status, json }).toEqual({ status: 200, json: { status: 'ready' } });
  });

  it('names what is missing', async () => {
    const missing = [{ name: 'queue', sentence: 'The queue does not answer.' }];
    api = await createTestApi({ deps: { missing: async () => missing } });
    const { status, json, headers } = await api.ask('GET', '/health/ready');
    expect(status).toBe(503);
    expect(json).toMatchObject({
      ...{ type: 'urn:passerelle:problem:not-ready', missing: ['queue'] },
      detail: expect.stringContaining('The queue does not answer.') as string,
    });
    expect(headers.get('retry-after')).toBe('5');
    expect((await api.ask('GET', '/health/live')).status).toBe(200);
  });
});

it('alerts are shown to those who may see all runs', async () => {
  api = await createTestApi();
  await api.sql.query(
    `INSERT INTO alerts (key, kind, facts, since, last_seen_at, started_at, ended_at)
     VALUES ('queue_unreachable', 'queue_unreachable', '{"kind": "queue_unreachable"}', $1, $1, $1, $1),
            ('queue_unreachable', 'queue_unreachable', '{"kind": "queue_unreachable"}', $1, $1, $1, NULL),
            ('disk_full:a', 'disk_full', '{"kind": "disk_full", "host": "a", "freeMb": 1}', $1, $1, NULL, NULL)`,
    [api.clock.now],
  );
  const token = await api.token(['auth/netypareo:viewruns']);
  const { json } = await api.ask('GET', '/api/v1/alerts?limit=1', { token });
  expect(json).toMatchObject({
    items: [{ kind: 'queue_unreachable', severity: 'problem', endedAt: null }],
    nextCursor: expect.any(String) as string,
  });
  const open = await api.ask('GET', '/api/v1/alerts?open=false', { token });
  expect(open.json).toMatchObject({ items: [{ endedAt: api.clock.now.toISOString() }] });
  const ofSite = await api.token(['auth/netypareo:viewruns'], ['1']);
  expect((await api.ask('GET', '/api/v1/alerts', { token: ofSite })).status).toBe(403);
  expect((await api.ask('GET', '/api/v1/alerts')).status).toBe(401);
});

describe('a process of its own', () => {
  let room: CommandRoom | undefined;
  let place: TestDatabase | undefined;
  afterEach(async () => {
    await room?.remove();
    await place?.drop();
  });

  it('is not ready while its queue is away, is again when it is back, and names a setting that logins need', async () => {
    const redis = await startRedis();
    place = await createTestDatabase();
    const port = await freePort();
    room = await createCommandRoom({
      ...{ DATABASE_URL: place.url, REDIS_URL: redis.url, PORT: String(port) },
    });
    const running = await room.start(['api'], 'listens');
    const isReady = async (): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/health/ready`)).status;
    const expectStatus = (status: number) =>
      eventually(async () => expect(await isReady()).toBe(status));
    await expectStatus(200);
    await redis.halt(false);
    await expectStatus(503);
    await redis.start();
    await expectStatus(200);
    await endProcess(running.child, 'SIGTERM');
    const { stdout, stderr } = await running.ended;
    expect(stdout + stderr).toContain('NETYPAREO_WSDL is not set');
    await redis.stop();
  });
});

it('how the source fares is shown to those who may see all runs', async () => {
  api = await createTestApi();
  const token = await api.token(['auth/netypareo:viewruns']);
  const { status, json } = await api.ask('GET', '/api/v1/source/health?hours=2', { token });
  expect(status).toBe(200);
  expect(json).toMatchObject({ state: 'unknown', hours: 2, at: api.clock.now.toISOString() });
  const local = await api.token(['auth/netypareo:viewruns'], ['1']);
  expect((await api.ask('GET', '/api/v1/source/health', { token: local })).status).toBe(403);
  expect((await api.ask('GET', '/api/v1/source/health?hours=0', { token })).status).toBe(400);
});
