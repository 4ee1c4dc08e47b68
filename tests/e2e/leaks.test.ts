import { CANARY_MARK } from '@passerelle/simulator';
import { openDatabase } from '@passerelle/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../support/cli.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { dumpRedis, dumpTables, QUEUE_SCHEMA } from './dumps.js';
import { truthShape } from './shapes.js';

const CENTRE = ['--canary', '--learners', '150', '--bad-records', '6', '--today', '2026-11-20'];
/** So that errors, retries and parts given up are searched too. */
const FAULTS = ['fault:0.2', 'truncate:0.1', 'malformed:0.1', 'http502:0.1', 'badutf8:0.1'];

/** Tables that may say which run, part or process, but never which person. */
const IMPERSONAL = {
  sync_runs: [],
  sync_run_parts: [],
  // The code is what an administrator looks the record up by at the source.
  rejected_records: ['code'],
  task_definitions: [],
  cluster_members: [],
  source_permits: [],
  source_state: [],
  source_events: [],
  source_calls: [],
  source_pieces: [],
  outbox: [],
  audit_events: [],
};

describe.each(['postgres', 'redis'] as const)('a demo with marked people on %s', (backend) => {
  let room: CommandRoom;
  let redis: TestRedis | undefined;
  let codes: Set<string>;

  /** Marks and codes found in a text. */
  const leaksIn = (text: string): string[] => [
    ...(text.match(new RegExp(`.{0,60}${CANARY_MARK}.{0,20}`, 'gi')) ?? []),
    ...(text.match(/(?<!\d)\d{9}(?!\d)/g) ?? []).filter((number) => codes.has(number)),
  ];

  beforeAll(async () => {
    if (backend === 'redis') redis = await startRedis();
    room = await createCommandRoom({
      LOG_LEVEL: 'trace',
      NETYPAREO_RETRY_BASE_MS: '20',
      REDIS_URL: redis?.url,
    });
    const truth = truthShape.parse(await room.json('simulator', '--describe', ...CENTRE));
    codes = new Set(truth.users.map(({ code }) => code));
  });
  afterAll(async () => {
    await redis?.stop();
    await room.remove();
  });

  it('says nothing of them in its logs', async () => {
    const faults = FAULTS.flatMap((fault) => ['--fault', fault]);
    const { stdout, stderr } = await room.run('demo', '--once', ...CENTRE, ...faults);

    expect(stderr).toContain('part not read');
    expect(stdout).toContain('sync_tutors');
    expect(leaksIn(stdout + stderr)).toEqual([]);
  });

  it('keeps nothing of them in the queue', async () => {
    const dump = await withDatabase((client) =>
      redis === undefined ? dumpTables(client, QUEUE_SCHEMA) : dumpRedis(redis.url),
    );

    expect(dump).toContain('runId');
    expect(leaksIn(dump)).toEqual([]);
  });

  it('keeps nothing of them beside the registry', async () => {
    const dump = await withDatabase((client) => dumpTables(client, 'public', IMPERSONAL));

    expect(dump).toContain('sync_students');
    expect(leaksIn(dump)).toEqual([]);
    // The search finds what is there: people do stand in the registry.
    const people = await withDatabase((client) => dumpTables(client, 'public', { users: [] }));
    expect(leaksIn(people).length).toBeGreaterThan(100);
  });

  async function withDatabase<Result>(
    use: (client: pg.Client) => Promise<Result>,
  ): Promise<Result> {
    const log = { info: () => undefined, warn: () => undefined };
    const server = await openDatabase({ dataDir: room.dataDir, log });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
      await server.release();
    }
  }
});
