import { bulkRetryJson } from '@passerelle/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import type { TestCluster } from '../../support/cluster.js';
import { type ClusterApi, createClusterApi } from '../../support/cluster-api.js';

eachBackend('the bulk retries of the API', (backend) => {
  let all: ClusterApi;
  let cluster: TestCluster;
  let api: TestApi;
  let token: string;

  beforeAll(async () => {
    const centre = { today: '2026-11-20', learners: 40, sites: 2 };
    const rights = ['auth/netypareo:sync', 'auth/netypareo:viewruns'] as const;
    all = await createClusterApi(backend, rights, { simulator: { centre } });
    ({ cluster, api, token } = all);
    await cluster.startWorker();
    await cluster.runAll();
  });
  afterAll(() => all.dispose());

  const since = '2026-11-01T00:00:00Z';
  const until = '2026-12-24T00:00:00+01:00';
  const post = (body: unknown, headers = {}, as = token): Promise<Answer> =>
    api.ask('POST', '/api/v1/retries', { token: as, body, headers });
  const retryOf = ({ json }: Answer) => bulkRetryJson.parse(json);

  async function fail(siteCode?: string): Promise<number> {
    const request = { task: 'sync_sites', trigger: 'manual' } as const;
    const at = cluster.clock.now;
    const { run } = await cluster.db.runs.requestRun(
      siteCode === undefined ? request : { ...request, siteCode },
      at,
    );
    const failure = { kind: 'overload', sentence: 'NetYParéo answered 502.' };
    await cluster.db.runs.endRun(run.id, 'failed', failure, at);
    return run.id;
  }

  it('are carried out, and shown as they fare', async () => {
    const failed = await fail();
    const key = { 'idempotency-key': 'the-night' };
    const body = { since, until, task: 'sync_sites', reason: 'The night of the 502s.' };
    const answer = await post(body, key);
    const { id, runs } = retryOf(answer);

    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/v1/retries/${id}`);
    expect(runs).toMatchObject([{ run: failed, state: 'retried', retryState: expect.anything() }]);
    await cluster.untilEnded(runs[0]?.retry ?? 0);
    const again = await post(body, key);
    expect([retryOf(again).id, again.headers.get('idempotency-replayed')]).toEqual([id, 'true']);
    expect((await post({ since }, key)).status).toBe(422);
    const shown = retryOf(await api.ask('GET', `/api/v1/retries/${id}`, { token }));
    expect(shown.runs).toMatchObject([{ retryState: 'succeeded' }]);
    expect((await api.audit()).slice(0, 1)).toMatchObject([
      { action: 'bulk_retry.requested', entityId: String(id), reason: body.reason },
    ]);
  });

  it('can be cancelled, once', async () => {
    await fail();
    // What they would retry is busy.
    await cluster.db.runs.requestRun({ task: 'sync_sites', trigger: 'manual' }, cluster.clock.now);
    const { id, state } = retryOf(await post({ since, until, task: 'sync_sites' }));
    expect(state).toBe('running');
    const cancel = () => api.ask('DELETE', `/api/v1/retries/${id}`, { token });
    expect(retryOf(await cancel())).toMatchObject({ state: 'cancelled' });
    expect((await cancel()).status).toBe(409);
  });

  it('of one site are all that whoever has a right there may ask for and see', async () => {
    const own = ['auth/netypareo:sync', 'auth/netypareo:viewruns'] as const;
    const limited = await api.token(own, ['1']);
    expect((await post({ since, until }, {}, limited)).status).toBe(403);
    expect((await post({ since, until, site: '2' }, {}, limited)).status).toBe(404);
    const { id } = retryOf(await post({ since, until, site: '1' }, {}, limited));
    const whole = retryOf(await post({ since, until, task: 'sync_tutors' }));
    const look = (path: string) => api.ask('GET', `/api/v1/retries${path}`, { token: limited });
    expect((await look(`/${whole.id}`)).status).toBe(404);
    expect((await look('')).json).toMatchObject({ items: [{ id }], nextCursor: null });
  });

  it('of no interval, or of one without an end, are refused', async () => {
    const backwards = await post({ since: until, until: since });
    expect(backwards).toMatchObject({ status: 400, json: { errors: [{ path: 'body.since' }] } });
    expect((await post({ since: '2020-01-01T00:00:00Z', until })).status).toBe(400);
    expect((await post({ since: 'yesterday' })).status).toBe(400);
  });
});
