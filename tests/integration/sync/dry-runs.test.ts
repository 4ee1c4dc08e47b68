import { TASK_NAMES, type TaskName } from '@passerelle/roster';
import { type PlannedChange, requestRun, retryRun, type Run } from '@passerelle/sync';
import { afterEach, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';

const DAYS = [0, 40];

eachBackend(
  'dry runs',
  (backend) => {
    let cluster: TestCluster;
    afterEach(() => cluster.dispose());

    const dryRun = async (task: TaskName): Promise<Run> => {
      const { run } = await requestRun(cluster.context, { task, trigger: 'manual', dryRun: true });
      return cluster.untilEnded(run.id);
    };
    /** Every change of a run; the order within a statement says nothing. */
    const planOf = async (id: number): Promise<string[]> => {
      const { plans } = cluster.db;
      const changes: PlannedChange[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = { limit: 500, ...(cursor === undefined ? {} : { cursor }) };
        const { items, nextCursor } = await plans.changes(id, {}, page);
        changes.push(...items);
        cursor = nextCursor;
      }
      return changes.map((change) => JSON.stringify(change)).toSorted();
    };
    /** All that a dry run may not touch: everything but what tells of runs, and of the source. */
    const registry = async (): Promise<string[]> => {
      const { rows } = await cluster.sql.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
            AND tablename !~ '^(source_|sync_run|run_|planned_|rejected_|cluster_)' ORDER BY 1`,
      );
      const digests = rows.map(async ({ name }) => {
        const found = await cluster.sql.query<{ digest: string }>(
          `SELECT md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) AS digest FROM ${name} t`,
        );
        return `${name} ${found.rows[0]?.digest}`;
      });
      return Promise.all(digests);
    };

    // Of generated centres, by their hundreds: tests/reliability/laws.test.ts.
    test('announce exactly what the runs then change, day after day', async () => {
      cluster = await createCluster(backend, {
        simulator: { centre: { today: '2026-11-20', learners: 60, sites: 2 } },
      });
      await cluster.startWorker();
      let changed = 0;
      for (const day of DAYS) {
        cluster.simulator.control({ day });
        for (const task of TASK_NAMES) {
          const before = await registry();
          const dry = await dryRun(task);
          expect(await registry()).toEqual(before);
          const real = await cluster.run(task);
          expect([dry.state, real.state]).toEqual(['succeeded', 'succeeded']);
          expect(dry).toMatchObject({ counts: real.counts, links: real.links });
          const announced = await planOf(dry.id);
          expect(announced).toEqual(await planOf(real.id));
          if (day > 0) changed += announced.length;
        }
      }
      expect(changed).toBeGreaterThan(20);
    });

    test('say nothing of their task, whether they succeed or fail, and stay dry when retried', async () => {
      cluster = await createCluster(backend);
      await cluster.startWorker();
      const before = await cluster.db.tasks.getTask('sync_students');
      const failed = await dryRun('sync_students');
      expect(failed).toMatchObject({ state: 'failed', errorKind: 'no_plan' });
      expect(await cluster.db.tasks.getTask('sync_students')).toEqual(before);
      for (const task of ['update_caches', 'sync_sites', 'sync_groups'] as const) {
        await cluster.run(task);
      }
      const retried = await retryRun(cluster.context, failed.id);
      const ended = await cluster.untilEnded(retried.run?.id ?? 0);
      expect(ended).toMatchObject({ dryRun: true, state: 'succeeded', retryOfId: failed.id });
      expect(ended.counts.created).toBeGreaterThan(100);
      expect(await cluster.db.tasks.getTask('sync_students')).toEqual(before);
      expect((await cluster.db.users.summary()).users.student).toBe(0);
    });
  },
  ['postgres'],
);
