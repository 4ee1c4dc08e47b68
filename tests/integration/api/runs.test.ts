import { runJson } from '@passerelle/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer, TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import type { TestCluster } from '../../support/cluster.js';
import { type ClusterApi, createClusterApi } from '../../support/cluster-api.js';

const pageShape = z.strictObject({ items: z.array(runJson), nextCursor: z.string().nullable() });
const shownShape = z.looseObject({
  ...runJson.shape,
  site: z.string().nullable(),
  user: z.string().nullable(),
  missing: z.int(),
  progress: z.object({ partsDone: z.number(), partsTotal: z.number(), read: z.number() }),
});
const changesShape = z.strictObject({
  items: z.array(z.looseObject({ entity: z.string(), ref: z.string() })),
  nextCursor: z.string().nullable(),
});

const SYNC = 'auth/netypareo:sync';
const VIEW = 'auth/netypareo:viewruns';
const PEOPLE = 'auth/netypareo:viewusers';

eachBackend('the runs of the API', (backend) => {
  let all: ClusterApi;
  let cluster: TestCluster;
  let api: TestApi;
  let token: string;

  beforeAll(async () => {
    const centre = { today: '2026-11-20', learners: 120, sites: 3 };
    all = await createClusterApi(backend, [SYNC, VIEW, PEOPLE], { simulator: { centre } });
    ({ cluster, api, token } = all);
    await cluster.startWorker();
    await cluster.runAll();
  });
  afterAll(() => all.dispose());

  const post = (path: string, body: unknown = {}, as = token): Promise<Answer> =>
    api.ask('POST', `/api/v1/${path}`, { token: as, body });
  const get = (path: string, as = token): Promise<Answer> =>
    api.ask('GET', `/api/v1/${path}`, { token: as });
  const runOf = ({ json }: Answer) => runJson.parse(json);
  const someSite = async (): Promise<[string, string]> => {
    const { siteCodes } = await cluster.db.registry.planningData();
    return [siteCodes[0] ?? '', siteCodes[1] ?? ''];
  };

  it('are made, found where the answer says, and carried out', async () => {
    const answer = await post('tasks/sync_sites/runs', { reason: 'a new site' });
    const run = runOf(answer);

    expect(answer.status).toBe(202);
    expect(run).toMatchObject({ task: 'sync_sites', trigger: 'api', state: 'queued' });
    expect(answer.headers.get('location')).toBe(`/api/v1/runs/${run.id}`);
    await cluster.untilEnded(run.id);
    const shown = shownShape.parse((await get(`runs/${run.id}`)).json);
    expect(shown).toMatchObject({ state: 'succeeded', progress: { partsDone: 1, partsTotal: 1 } });
    expect((await api.audit())[0]).toMatchObject({
      ...{ action: 'run.requested', entityId: String(run.id), reason: 'a new site' },
      ...{ actor: 'token:1', after: { task: 'sync_sites', dryRun: false } },
    });
  });

  it('are one at a time: joined, or told which is under way', async () => {
    cluster.simulator.control({ latencyMs: 60_000 });
    try {
      const first = runOf(await post('tasks/sync_teachers/runs'));
      await expect
        .poll(async () => (await cluster.db.runs.getRun(first.id))?.state)
        .toBe('running');
      const busy = await post('tasks/sync_teachers/runs');
      expect(busy.status).toBe(409);
      expect(busy.json).toMatchObject({
        ...{ type: 'urn:passerelle:problem:run-under-way', run: { id: first.id } },
      });
      const cancelled = await post(`runs/${first.id}/cancel`, { reason: 'too slow' });
      expect(runOf(cancelled).state).toBe('cancelled');
      expect((await post(`runs/${first.id}/cancel`)).json).toMatchObject({
        type: 'urn:passerelle:problem:run-ended',
      });
      expect((await api.audit())[0]).toMatchObject({ action: 'run.cancelled', reason: 'too slow' });
    } finally {
      cluster.simulator.control({ latencyMs: 0 });
    }
  });

  it('are retried, unless there is nothing to retry', async () => {
    const { items } = pageShape.parse((await get('runs?state=cancelled')).json);
    const [cancelled] = items;
    const retried = runOf(await post(`runs/${cancelled?.id}/retry`, { whole: true }));

    expect(retried).toMatchObject({ trigger: 'retry', task: 'sync_teachers' });
    expect(await cluster.untilEnded(retried.id)).toMatchObject({ state: 'succeeded' });
    expect((await post(`runs/${retried.id}/retry`)).json).toMatchObject({
      ...{ status: 409, type: 'urn:passerelle:problem:run-not-retryable' },
    });
    expect((await api.audit())[0]).toMatchObject({
      ...{ action: 'run.retried', entityId: String(cancelled?.id), after: { run: retried.id } },
    });
  });

  it('of one person are carried out by the API itself', async () => {
    const [user] = (await cluster.db.users.listUsers({ kind: 'student', limit: 1 })).items;
    const answer = await post('tasks/sync_students/runs', { user: `student:${user?.code}` });
    const run = runOf(answer);

    expect(answer.status).toBe(202);
    expect(await cluster.untilEnded(run.id)).toMatchObject({
      ...{ state: 'succeeded', trigger: 'api', requestedBy: 'token:1' },
    });
    expect(shownShape.parse((await get(`runs/${run.id}`)).json).user).toBe(`student:${user?.code}`);
    const viewer = await api.token([VIEW]);
    expect(shownShape.parse((await get(`runs/${run.id}`, viewer)).json).user).toBeNull();
  });

  it.each([
    ['somebody else than the task reads', 'sync_teachers', { user: 'student:1' }, 400],
    ['one person and a site', 'sync_students', { user: 'student:1', site: '1' }, 400],
    ['somebody who is not there', 'sync_students', { user: 'student:none' }, 404],
    ['a site that is not there', 'sync_students', { site: 'none' }, 404],
    ['a field that is not there', 'sync_students', { trigger: 'schedule' }, 400],
  ])('are refused for %s', async (_what, task, body, status) => {
    expect((await post(`tasks/${task}/runs`, body)).status).toBe(status);
  });

  it('show what they changed, or would: as JSON, by pages, and as CSV', async () => {
    const known = await cluster.db.runs.listRuns({ task: 'sync_students', limit: 50 });
    const first = known.at(-1)?.id ?? 0;
    const page = changesShape.parse((await get(`runs/${first}/changes?limit=200`)).json);
    const ofUsers = changesShape.parse(
      (await get(`runs/${first}/changes?entity=user&limit=200`)).json,
    );
    const csv = await get(`runs/${first}/changes?format=csv&entity=user`);

    expect(page.items).toHaveLength(200);
    expect(ofUsers.items).toHaveLength(120);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines[0]).toBe('entity,ref,kind,held,site,group,field,before,after');
    expect(new Set(lines.slice(1).map((line) => line.split(',')[1])).size).toBe(120);
    const next = await get(`runs/${first}/changes?limit=200&cursor=${page.nextCursor}`);
    const refs = new Set(page.items.map(({ ref }) => ref));
    expect(changesShape.parse(next.json).items.some(({ ref }) => refs.has(ref))).toBe(false);
    const plan = await get(`runs/${first}/plan`);
    expect(JSON.stringify(plan.json)).toContain(
      '"entity":"user","kind":"created","held":false,"count":120',
    );
    expect((await get(`runs/${first}/parts`)).json).toMatchObject({ nextCursor: null });
    expect((await get(`runs/${first}/rejections`)).json).toMatchObject({ nextCursor: null });
  });

  it('dry change nothing, and say what they would', async () => {
    const run = runOf(await post('tasks/sync_students/runs', { dryRun: true }));
    await cluster.untilEnded(run.id);

    expect(pageShape.parse((await get('runs?dryRun=true')).json).items.map(({ id }) => id)).toEqual(
      [run.id],
    );
  });

  describe('in a list', () => {
    it('come by pages, each once, newest first', async () => {
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const more: string = cursor === null ? '' : `&cursor=${cursor}`;
        const page = pageShape.parse((await get(`runs?limit=3${more}`)).json);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);

      const known = (await cluster.db.runs.listRuns({ limit: 100 })).map(({ id }) => id);
      expect(seen).toEqual(known);
    });

    it.each([
      ['task=sync_sites', { task: 'sync_sites' }],
      ['state=cancelled', { state: 'cancelled' }],
      ['trigger=retry', { trigger: 'retry' }],
      ['search=SYNC_TUT', { task: 'sync_tutors' }],
    ])('are found by %s', async (query, fits) => {
      const { items } = pageShape.parse((await get(`runs?${query}`)).json);

      expect(items.length).toBeGreaterThan(0);
      for (const item of items) expect(item).toMatchObject(fits);
    });

    it('are found by several states, and by time', async () => {
      const several = await get('runs?state=cancelled&state=succeeded&limit=200');
      const states = new Set(pageShape.parse(several.json).items.map(({ state }) => state));
      const none = await get('runs?since=2100-01-01T00:00:00Z');

      expect([...states].sort()).toEqual(['cancelled', 'succeeded']);
      expect(none.json).toEqual({ items: [], nextCursor: null });
    });

    it.each(['limit=0', 'limit=201', 'limit=5&limit=6', 'task=x', 'nonsense=1', 'since=today'])(
      'are refused by %s',
      async (query) => {
        expect((await get(`runs?${query}`)).status).toBe(400);
      },
    );

    it('are refused by a cursor that nobody gave', async () => {
      expect((await get('runs?cursor=zzz')).json).toMatchObject({
        type: 'urn:passerelle:problem:invalid-cursor',
      });
    });
  });

  describe('for a caller of one site', () => {
    it('are those of the site, and must name it; others do not exist', async () => {
      const [own, other] = await someSite();
      const local = await api.token([SYNC, VIEW, PEOPLE], [own]);
      const everywhere = await post('tasks/sync_groups/runs', {}, local);
      const elsewhere = await post('tasks/sync_groups/runs', { site: other }, local);
      const here = await post('tasks/sync_groups/runs', { site: own }, local);

      expect([everywhere.status, elsewhere.status, here.status]).toEqual([403, 404, 202]);
      const run = runOf(here);
      await cluster.untilEnded(run.id);
      const { items } = pageShape.parse((await get('runs?limit=200', local)).json);
      expect(items.map(({ id }) => id)).toContain(run.id);
      expect(items.length).toBeLessThan((await cluster.db.runs.listRuns({ limit: 200 })).length);
      const foreign = await cluster.db.runs.listRuns({ task: 'sync_sites', limit: 1 });
      for (const what of ['', '/parts', '/plan', '/changes', '/rejections']) {
        const answers = [
          await get(`runs/${foreign[0]?.id}${what}`, local),
          await get(`runs/${run.id}${what}`, local),
        ];
        expect([what, ...answers.map(({ status }) => status)]).toEqual([what, 404, 200]);
      }
      for (const what of ['cancel', 'retry']) {
        expect((await post(`runs/${foreign[0]?.id}/${what}`, {}, local)).status).toBe(404);
      }
    });

    it('of one person are those of people whom they see', async () => {
      const [own, other] = await someSite();
      const reach = [own];
      const seen = (await cluster.db.users.listUsers({ kind: 'student', reach, limit: 1 }))
        .items[0];
      const run = runOf(await post('tasks/sync_students/runs', { user: `student:${seen?.code}` }));
      await cluster.untilEnded(run.id);
      const local = await api.token([SYNC, VIEW], [own]);
      expect((await get(`runs/${run.id}`, local)).status).toBe(200);

      const visible = new Set(
        (await cluster.db.users.listUsers({ kind: 'student', reach, limit: 500 })).items.map(
          ({ code }) => code,
        ),
      );
      const { items } = await cluster.db.users.listUsers({
        ...{ kind: 'student', reach: [other], limit: 500 },
      });
      const hidden = items.find(({ code }) => !visible.has(code));
      const refused = await post(
        'tasks/sync_students/runs',
        { user: `student:${hidden?.code}` },
        local,
      );
      expect(refused.status).toBe(404);
    });
  });
});
