import { runJson } from '@passerelle/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';

const SYNC = 'auth/netypareo:sync';

// No queue is passed, so that one backend shows all.
eachBackend(
  'one person over the API',
  (backend) => {
    let cluster: TestCluster;
    let api: TestApi;
    let token: string;
    let learner: { code: string; firstName: string; site: string };

    beforeAll(async () => {
      cluster = await createCluster(backend, {
        simulator: { centre: { today: '2026-11-20', learners: 40, sites: 2, groups: 4 } },
      });
      const worker = await cluster.startWorker();
      await cluster.runAll();
      await worker.stop();
      api = await createTestApi({ cluster });
      token = await api.token([SYNC, 'auth/netypareo:viewusers', 'auth/netypareo:viewruns']);
      const { rows } = await cluster.sql.query<typeof learner>(
        `SELECT code, first_name AS "firstName", site_code AS site FROM users
        WHERE kind = 'student' AND status = 'active' ORDER BY code LIMIT 1`,
      );
      const [first] = rows;
      if (first === undefined) throw new Error('The centre has no learner.');
      learner = first;
    });
    afterAll(async () => {
      await api.dispose();
      await cluster.dispose();
    });

    const ask = (method: string, path: string, as = token, headers = {}) =>
      api.ask(method, `/api/v1/users/student:${learner.code}${path}`, { token: as, headers });

    it('is read from the source and applied, after the answer; the audit says who asked', async () => {
      await cluster.sql.query(
        `UPDATE users SET first_name = 'Autre', content_hash = 'other' WHERE kind = 'student' AND code = $1`,
        [learner.code],
      );
      const { status, headers, json } = await ask('POST', '/sync', token, {
        'idempotency-key': 'k',
      });
      const { id } = runJson.parse(json);

      expect(status).toBe(202);
      expect(headers.get('location')).toBe(`/api/v1/runs/${id}`);
      expect(await cluster.untilEnded(id)).toMatchObject({ state: 'succeeded', trigger: 'api' });
      expect((await ask('GET', '')).json).toMatchObject({ firstName: learner.firstName });
      expect((await api.audit())[0]).toMatchObject({
        ...{ action: 'run.requested', entityId: String(id) },
        actor: expect.stringMatching(/^token:/),
      });

      const again = await ask('POST', '/sync', token, { 'idempotency-key': 'k' });
      expect(runJson.parse(again.json).id).toBe(id);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    });

    it('is explained, path by path', async () => {
      const { status, json } = await ask('GET', '/why');
      expect(status).toBe(200);
      expect(json).toMatchObject({
        code: learner.code,
        fields: expect.arrayContaining([
          expect.objectContaining({ name: 'first_name', paths: ['prenomApprenant'] }),
        ]),
      });
    });

    it('is nobody for those who may sync another site only, and theirs for nobody else', async () => {
      const other = await api.token([SYNC], [learner.site === '1' ? '2' : '1']);
      const own = await api.token([SYNC], [learner.site]);

      expect((await ask('POST', '/sync', other)).status).toBe(404);
      expect(
        (await ask('POST', '/sync', await api.token(['auth/netypareo:viewusers']))).status,
      ).toBe(403);
      const { status, json } = await ask('POST', '/sync', own);
      expect(status).toBe(202);
      await cluster.untilEnded(runJson.parse(json).id);
    });
  },
  ['postgres'],
);
