import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { untilTrue } from '../../support/patience.js';

eachBackend('the metrics of the API', (backend) => {
  let cluster: TestCluster;
  let api: TestApi;
  beforeAll(async () => {
    cluster = await createCluster(backend);
    api = await createTestApi({ cluster });
  });
  afterAll(async () => {
    await api.dispose();
    await cluster.dispose();
  });

  async function scrape(): Promise<Map<string, number>> {
    const { status, text, headers } = await api.ask('GET', '/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  }

  it('tell of runs, records and calls that happen anywhere in the cluster', async () => {
    await scrape();
    const worker = await cluster.startWorker();
    for (const task of ['update_caches', 'sync_sites'] as const) await cluster.run(task);
    await worker.stop();
    await cluster.db.members.heartbeat(
      {
        ...{ id: 'w', role: 'worker', host: 'b.example', pid: 7, queue: '' },
        vitals: { eventLoopP99Ms: 21, rssBytes: 1e8, diskFreeBytes: 5e9 },
      },
      cluster.clock.now,
    );
    const { rows } = await cluster.sql.query<{ calls: number; sites: number }>(
      `SELECT (SELECT count(*)::int FROM source_calls
                WHERE outcome = 'ok' AND purpose = 'reading') AS calls,
              (SELECT count(*)::int FROM sites) AS sites`,
    );
    const calls = 'passerelle_source_calls_total{purpose="reading",outcome="ok"}';
    // Calls show some seconds after they have ended, and figures are looked at every few seconds.
    const seen = await untilTrue(
      async () => {
        const found = await scrape();
        return found.get(calls) === rows[0]?.calls ? found : undefined;
      },
      { interval: 300 },
    );

    expect(seen.get('passerelle_records_total{task="sync_sites",outcome="created"}')).toBe(
      rows[0]?.sites,
    );
    const run = '{task="sync_sites",state="succeeded"}';
    expect(seen.get(`passerelle_run_duration_seconds_count${run}`)).toBe(1);
    expect(seen.get('passerelle_last_good_sync_age_seconds{task="sync_sites"}')).toBe(0);
    expect(seen.get('passerelle_source_hard_cap')).toBe(4);
    expect(seen.get('passerelle_source_limit')).toBeGreaterThan(0);
    expect(seen.get('passerelle_source_calls_in_flight')).toBe(0);
    expect(seen.get('passerelle_queue_up')).toBe(1);
    expect(seen.get('passerelle_queue_jobs{queue="fetch",state="waiting"}')).toBe(0);
    const member = '{role="worker",host="b.example",pid="7"}';
    expect(seen.get(`passerelle_member_event_loop_p99_seconds${member}`)).toBe(0.021);
    expect(seen.get('passerelle_disk_free_bytes{host="b.example"}')).toBe(5e9);
    expect(seen.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect([...seen.keys()].join('\n')).not.toMatch(/student:|@/);
  });
});

describe('the metrics', () => {
  it('are for this machine, or for those who may see all runs', async () => {
    const api = await createTestApi({
      deps: { listen: { host: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1' } },
    });
    const elsewhere = { 'x-forwarded-for': '192.0.2.7' };
    const ask = async (token?: string) =>
      (await api.ask('GET', '/metrics', { headers: elsewhere, ...(token && { token }) })).status;
    expect((await api.ask('GET', '/metrics')).status).toBe(200);
    expect(await ask()).toBe(401);
    expect(await ask(await api.token(['auth/netypareo:sync']))).toBe(403);
    expect(await ask(await api.token(['auth/netypareo:viewruns'], ['1']))).toBe(403);
    expect(await ask(await api.token(['auth/netypareo:viewruns']))).toBe(200);
    await api.dispose();
  });
});
