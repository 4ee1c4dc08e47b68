import { taskJson } from '@passerelle/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestApi, type TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';

const taskShape = taskJson.extend({
  health: z.string(),
  guards: z.record(z.string(), z.string()),
  lastRun: z.looseObject({ id: z.number(), state: z.string() }).nullable(),
});
const PATH = '/api/v1/tasks/sync_sites';

eachBackend(
  'the tasks of the API',
  (backend) => {
    let cluster: TestCluster;
    let api: TestApi;
    let viewer: string;
    let chief: string;

    beforeAll(async () => {
      cluster = await createCluster(backend);
      api = await createTestApi({ cluster });
      viewer = await api.token(['auth/netypareo:viewruns']);
      chief = await api.token(['auth/netypareo:viewruns', 'auth/netypareo:configure']);
    });
    afterAll(async () => {
      await api.dispose();
      await cluster.dispose();
    });

    const show = async (token = viewer) =>
      taskShape.parse((await api.ask('GET', PATH, { token })).json);

    it('are listed with schedule in words, health and last run', async () => {
      const { json } = await api.ask('GET', '/api/v1/tasks', { token: viewer });
      const { items } = z
        .strictObject({ items: z.array(taskShape), nextCursor: z.null() })
        .parse(json);

      expect(items.map(({ name }) => name)).toContain('sync_students');
      expect(items).toHaveLength(7);
      expect(items[0]?.inWords.fr).not.toBe('');
      expect(items[0]).toMatchObject({ health: 'never', lastRun: null });
    });

    it('are changed, with a trace of who did it, and why', async () => {
      const body = { minute: '15', hour: '4', reason: 'less at night' };
      const { status } = await api.ask('PATCH', PATH, { token: chief, body });

      expect(status).toBe(200);
      expect(await show()).toMatchObject({ minute: '15', hour: '4', customised: true });
      expect((await api.audit())[0]).toMatchObject({
        ...{ action: 'task.changed', entity: 'task', entityId: 'sync_sites', reason: body.reason },
        ...{ actor: 'token:2', from: '127.0.0.1' },
        before: expect.objectContaining({ minute: expect.not.stringMatching(/^15$/) }),
        after: expect.objectContaining({ minute: '15', hour: '4' }),
      });
    });

    it('are left alone where a field cannot be understood, which is named', async () => {
      const before = await show();
      const events = (await api.audit()).length;
      const { status, json } = await api.ask('PATCH', PATH, { token: chief, body: { hour: '25' } });

      expect(status).toBe(400);
      expect(json).toMatchObject({ errors: [{ path: 'body.hour' }] });
      expect(await show()).toEqual(before);
      expect(await api.audit()).toHaveLength(events);
    });

    it.each([
      ['an unknown field', { minute: '1', disabled: true }, 'body.disabled'],
      ['nothing to change', { reason: 'why not' }, 'body'],
      ['a guard that there is none of', { guards: { nonsense: '5' } }, 'body.guards'],
    ])('refuse %s', async (_what, body, path) => {
      const { status, json } = await api.ask('PATCH', PATH, { token: chief, body });

      expect(status).toBe(400);
      expect(JSON.stringify(json)).toContain(`"${path}`);
    });

    it('are disabled, enabled and reset', async () => {
      await api.ask('POST', `${PATH}/disable`, { token: chief, body: { reason: 'works' } });
      expect(await show()).toMatchObject({ disabled: true, nextRunAt: null, health: 'disabled' });

      await api.ask('POST', `${PATH}/enable`, { token: chief });
      expect(await show()).toMatchObject({ disabled: false, minute: '15' });

      await api.ask('POST', `${PATH}/reset`, { token: chief });
      expect(await show()).toMatchObject({ customised: false });
      const actions = (await api.audit()).map(({ action }) => action).slice(0, 3);
      expect(actions).toEqual(['task.reset', 'task.enabled', 'task.disabled']);
    });

    it('say how they fare: by complete runs, whatever was limited to a site', async () => {
      await cluster.startWorker();
      const good = await cluster.run('sync_sites');
      const { health, lastRun } = await show();

      expect(good.state).toBe('succeeded');
      expect({ health, state: lastRun?.state, id: lastRun?.id }).toEqual({
        ...{ health: 'good', state: 'succeeded', id: good.id },
      });
      const ofSite = await api.token(['auth/netypareo:viewruns'], ['elsewhere']);
      expect(await show(ofSite)).toMatchObject({ health: 'good', lastRun: null });
    });

    it('are not known by any other name', async () => {
      const { status } = await api.ask('GET', '/api/v1/tasks/sync_nonsense', { token: viewer });

      expect(status).toBe(400);
    });
  },
  ['postgres'],
);
