import { runJson } from '@passerelle/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import type { TestCluster } from '../../support/cluster.js';
import { type ClusterApi, createClusterApi } from '../../support/cluster-api.js';

const SYNC = 'auth/netypareo:sync';

eachBackend('the same request with the same key', (backend) => {
  let all: ClusterApi;
  let cluster: TestCluster;
  let api: TestApi;
  let token: string;

  beforeAll(async () => {
    all = await createClusterApi(backend, [SYNC]);
    ({ cluster, api, token } = all);
  });
  afterAll(() => all.dispose());

  const post = (key: string, body: unknown = {}, task = 'sync_sites', as = token) =>
    api.ask('POST', `/api/v1/tasks/${task}/runs`, {
      ...{ token: as, body, headers: { 'idempotency-key': key } },
    });
  const idOf = ({ json }: Answer): number => runJson.parse(json).id;
  const cancel = (id: number) => cluster.db.runs.endRun(id, 'cancelled', null, cluster.clock.now);
  const countRuns = async (): Promise<number> =>
    (await cluster.db.runs.listRuns({ limit: 500 })).length;

  it('is answered with the same run, also after that has ended', async () => {
    const first = await post('once');
    await cancel(idOf(first));
    const again = await post('once', { dryRun: false });

    expect([first.status, again.status]).toEqual([202, 202]);
    expect(idOf(again)).toBe(idOf(first));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(`/api/v1/runs/${idOf(first)}`);
    const events = (await api.audit()).filter(({ action }) => action === 'run.requested');
    expect(events).toHaveLength(1);
  });

  it('makes one run of many that come at once', async () => {
    const before = await countRuns();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('at-once')));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await countRuns()).toBe(before + 1);
    const replayed = answers.filter(({ headers }) => headers.has('idempotency-replayed'));
    expect(replayed).toHaveLength(19);
    await cancel(idOf(answers[0] as Answer));
  });

  it('makes one run even where each would make room for the next', async () => {
    // Runs that have ended as soon as they are there: nothing but the key keeps them few.
    await cluster.sql.query(`
      CREATE FUNCTION end_at_once() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.state := ''cancelled''; NEW.ended_at := now(); RETURN NEW; END';
      CREATE TRIGGER end_at_once BEFORE INSERT ON sync_runs
        FOR EACH ROW EXECUTE FUNCTION end_at_once()`);
    try {
      const before = await countRuns();
      const keys = Array.from({ length: 24 }, (_, place) => `crowd-${place % 4}`);
      const answers = await Promise.all(keys.map((key) => post(key)));

      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      expect(new Set(answers.map(idOf)).size).toBe(4);
      expect(await countRuns()).toBe(before + 4);
    } finally {
      await cluster.sql.query('DROP TRIGGER end_at_once ON sync_runs; DROP FUNCTION end_at_once');
    }
  });

  it('is refused where something else was asked', async () => {
    const first = await post('other');
    const others = [
      await post('other', { dryRun: true }),
      await post('other', {}, 'sync_groups'),
      await post('other', { reason: 'why' }),
    ];

    for (const { status, json } of others) {
      expect(status).toBe(422);
      expect(json).toMatchObject({ type: 'urn:passerelle:problem:idempotency-key-reused' });
    }
    await cancel(idOf(first));
  });

  it("is nobody else's", async () => {
    const first = await post('mine');
    await cancel(idOf(first));
    const theirs = await post('mine', {}, 'sync_sites', await api.token([SYNC]));

    expect(theirs.status).toBe(202);
    expect(idOf(theirs)).not.toBe(idOf(first));
    await cancel(idOf(theirs));
  });

  it('leaves the key free where no run came of it', async () => {
    const going = await post('going', { dryRun: true });
    expect((await post('later')).status).toBe(409);
    expect((await post('not-joined', { dryRun: true, join: false })).status).toBe(409);
    await cancel(idOf(going));
    const later = await post('later');

    expect(later.status).toBe(202);
    expect(later.headers.get('idempotency-replayed')).toBeNull();
    await cancel(idOf(later));
  });

  it('makes another run after 48 hours', async () => {
    const first = await post('old');
    await cancel(idOf(first));
    const today = cluster.clock.now;
    cluster.clock.now = new Date(today.getTime() + 48 * 3_600_000 + 1);
    try {
      const again = await post('old');
      expect(idOf(again)).not.toBe(idOf(first));
      await cancel(idOf(again));
    } finally {
      cluster.clock.now = today;
    }
  });

  it('is found among the retries, too', async () => {
    const first = await post('to-retry');
    await cancel(idOf(first));
    const retry = () =>
      api.ask('POST', `/api/v1/runs/${idOf(first)}/retry`, {
        ...{ token, body: {}, headers: { 'idempotency-key': 'retry' } },
      });
    const retried = await retry();
    await cancel(idOf(retried));

    expect(idOf(await retry())).toBe(idOf(retried));
  });

  it.each(['', 'x'.repeat(201), 'två'])('takes no key like "%s"', async (key) => {
    const answer = await api
      .ask('POST', '/api/v1/tasks/sync_sites/runs', {
        ...{ token, body: {}, headers: { 'idempotency-key': key } },
      })
      .then(({ status }) => status);

    expect(answer).toBe(400);
  });
});
