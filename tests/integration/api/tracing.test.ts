import { chooseBackend, migrateQueue } from '@passerelle/queue';
import { todayIn } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { eachBackend } from '../../support/backends.js';
import { type CommandRoom, createCommandRoom, type RunningCommand } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { endProcess, freePort } from '../../support/spawned.js';
import {
  type CollectedSpan,
  startTraceCollector,
  type TraceCollector,
} from '../../support/trace-collector.js';
import { untilTrue } from '../../support/patience.js';

const TODAY = todayIn('Europe/Paris', new Date());

eachBackend('a run that was asked for over HTTP', (backend) => {
  let place: TestDatabase;
  let simulator: Simulator;
  let collector: TraceCollector;
  let room: CommandRoom;
  let running: RunningCommand[] = [];
  let url: string;
  let token: string;
  let sql: pg.Pool;

  beforeAll(async () => {
    place = await createTestDatabase();
    sql = new pg.Pool({ connectionString: place.url, max: 1 });
    collector = await startTraceCollector();
    simulator = await startSimulator({
      centre: { today: TODAY, learners: 30, sites: 2, groups: 4, canary: true },
    });
    const redisUrl = backend.kind === 'redis' ? backend.choice.url : undefined;
    const namespace = 'traced';
    const choice = chooseBackend({ redisUrl, databaseUrl: place.url });
    await migrateQueue({ backend: choice, namespace });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    room = await createCommandRoom({
      ...{ DATABASE_URL: place.url, REDIS_URL: redisUrl, PASSERELLE_QUEUE_PREFIX: namespace },
      ...{ NETYPAREO_WSDL: simulator.wsdlUrl, PORT: String(port) },
    });
    const created = z
      .object({ secret: z.string() })
      .parse(
        await room.jsonHere(
          ...['tokens', 'create', 'tracer'],
          ...['--capability', 'sync', '--reason', 'test'],
        ),
      );
    token = created.secret;
    for (const task of ['update_caches', 'sync_sites', 'sync_groups']) {
      await room.jsonHere('tasks', 'run', task);
    }
    room.set({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    running = [await room.start(['api'], 'listens'), await room.start(['worker'], 'started')];
  });
  afterAll(async () => {
    for (const { child } of running) await endProcess(child, 'SIGTERM');
    await room.remove();
    await simulator.close();
    await collector.stop();
    await sql.end();
    await place.drop();
  });

  it('is one trace, from the request to the SOAP call and the SQL', async () => {
    const answer = await fetch(`${url}/api/v1/tasks/sync_students/runs`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...{ baggage: 'name=Jeanne', tracestate: 'x=Jeanne' },
      },
      body: '{}',
    });
    expect(answer.status).toBe(202);
    await untilTrue(
      async () =>
        (await sql.query(`SELECT FROM sync_runs WHERE id = 4 AND state = 'succeeded'`)).rowCount,
      { interval: 100 },
    );
    // What is left is sent as the processes end.
    for (const { child } of running) await endProcess(child, 'SIGTERM');

    const request = find('POST /api/v1/tasks/:task/runs');
    const inTrace = collector.spans.filter(({ traceId }) => traceId === request.traceId);
    const fetched = inTrace.filter(({ name }) => name === 'process fetch');
    const calls = inTrace.filter(
      (span) => span.name.startsWith('SOAP ') && valueOf(span, 'passerelle.purpose') === 'reading',
    );
    expect(fetched.length).toBeGreaterThan(1);
    expect(calls.length).toBeGreaterThanOrEqual(fetched.length);
    for (const call of calls) {
      expect(ancestors(call)).toEqual(expect.arrayContaining(['process fetch', request.name]));
      expect(valueOf(call, 'passerelle.outcome')).toBe('ok');
    }
    const reconcile = inTrace.find(({ name }) => name === 'SQL registry.reconcile');
    expect(reconcile && ancestors(reconcile)).toContain(request.name);
    expect(valueOf(request, 'http.response.status_code')).toBe('202');
    expect([...collector.services]).toEqual(['passerelle']);
  });

  it('tells of nobody, and of no look for work', async () => {
    const { rows } = await sql.query<{ code: string; last_name: string; email: string }>(
      'SELECT code, last_name, email FROM users',
    );
    expect(rows.length).toBeGreaterThan(20);
    const sent = collector.raw.join('\n');
    const told = rows.flatMap(({ code, last_name: name, email }) => [code, name, email]);
    expect(told.filter((value) => value !== null && sent.includes(value))).toEqual([]);
    const names = collector.spans.map(({ name }) => name);
    expect(names.filter((name) => /getNextJob|heartbeat|extendLock/.test(name))).toEqual([]);
  });

  if (backend.kind === 'postgres') {
    it('carries nothing on that a caller sent along', async () => {
      const { rows } = await sql.query<{ job: string }>('SELECT job::text AS job FROM traced.job');
      const kept = rows.map(({ job }) => job).join('\n');
      expect(kept).toContain('traceparent');
      expect(kept).not.toContain('Jeanne');
    });
  }

  function find(name: string): CollectedSpan {
    const found = collector.spans.find((span) => span.name === name);
    if (found === undefined) {
      const names = [...new Set(collector.spans.map((span) => span.name))].join('\n');
      throw new Error(`There is no span ${name}, but:\n${names}`);
    }
    return found;
  }

  function ancestors({ parentSpanId }: CollectedSpan): string[] {
    const parent = collector.spans.find(({ spanId }) => spanId === parentSpanId);
    return parent === undefined ? [] : [parent.name, ...ancestors(parent)];
  }
});

function valueOf({ attributes }: CollectedSpan, key: string): string {
  const value = attributes.find((attribute) => attribute.key === key)?.value ?? {};
  return String(Object.values(value)[0]);
}
