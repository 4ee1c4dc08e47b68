import { afterAll, beforeAll, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { expectTruth } from '../../support/truth.js';

eachBackend('the seven tasks', (backend) => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await createCluster(backend);
    await cluster.startWorker();
  });
  afterAll(() => cluster.dispose());

  test('end with the truth', async () => {
    const runs = await cluster.runAll();
    expect(runs.map(({ state, error }) => error ?? state)).toEqual(Array(7).fill('succeeded'));
    await expectTruth(cluster.db, cluster.simulator);
  });

  test('change nothing the second time', async () => {
    for (const { counts, links } of await cluster.runAll()) {
      expect(counts).toMatchObject({ created: 0, updated: 0, suspended: 0, rejected: 0 });
      expect(counts.unchanged).toBe(counts.read);
      expect(links).toEqual({ added: 0, removed: 0 });
    }
  });

  test('follow the centre from day to day', async () => {
    for (const day of [1, 2, 3]) {
      cluster.simulator.control({ day });
      const runs = await cluster.runAll();
      expect(runs.map(({ state, error }) => error ?? state)).toEqual(Array(7).fill('succeeded'));
      await expectTruth(cluster.db, cluster.simulator);
    }
  });

  test('leave nothing in staging', async () => {
    const { rows } = await cluster.sql.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'staging'`,
    );
    expect(rows).toEqual([]);
  });
});
