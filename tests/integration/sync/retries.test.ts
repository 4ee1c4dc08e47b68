import {
  cancelRun,
  findShortfall,
  type PartRequest,
  requestRun,
  retryRun,
  type Run,
  SourceError,
} from '@passerelle/sync';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { expectTruth } from '../../support/truth.js';
import { eventually } from '../../support/patience.js';

const centre = { today: '2026-11-20', learners: 120, sites: 3 };
const BASICS = ['update_caches', 'sync_sites', 'sync_groups', 'sync_pdgroups'] as const;

eachBackend(
  'a retry of a partial run',
  (backend) => {
    let cluster: TestCluster;
    /** Sites whose learners cannot be read. */
    let failing: Set<string>;
    /** Sites of which learners were asked for, in order. */
    let asked: (string | null)[];

    beforeEach(async () => {
      [failing, asked] = [new Set<string>(), []];
      cluster = await createCluster(backend, { simulator: { centre } });
      const { source } = cluster.context;
      cluster.context.source = {
        ...source,
        readPart: (request: PartRequest, ...rest) => {
          const { siteCode } = request.scope;
          if (request.reading === 'students') asked.push(siteCode);
          return failing.has(siteCode ?? '') ? refuse() : source.readPart(request, ...rest);
        },
      };
      await cluster.startWorker();
      for (const task of BASICS) await cluster.run(task);
    });
    afterEach(() => cluster.dispose());

    /** A first run that lacks these sites, counted from 0. */
    const runWithout = async (...indexes: number[]): Promise<{ run: Run; sites: string[] }> => {
      const { siteCodes } = await cluster.context.registry.planningData();
      const sites = indexes.map((index) => siteCodes[index] ?? '');
      failing = new Set(sites);
      const run = await cluster.run('sync_students');
      expect(run).toMatchObject({ state: 'partial' });
      asked = [];
      return { run, sites };
    };
    const retry = async ({ id }: Run): Promise<Run> => {
      const { outcome, run } = await retryRun(cluster.context, id);
      expect(outcome).toBe('created');
      return cluster.untilEnded(run?.id ?? 0);
    };
    const shortfallOf = async (run: Run) => {
      const { lacked, missing, readBy } = await findShortfall(cluster.context, run);
      const sites = (parts: typeof lacked) => parts.map(({ siteCode }) => siteCode);
      return { lacked: sites(lacked), missing: sites(missing), readBy: readBy?.id ?? null };
    };
    const task = () => cluster.db.tasks.getTask('sync_students');

    test('reads only what that lacked, and the two make up one whole', async () => {
      const { run, sites } = await runWithout(1);
      await eventually(async () => expect(await task()).toMatchObject({ failDelaySeconds: 60 }));
      expect(await shortfallOf(run)).toEqual({ lacked: sites, missing: sites, readBy: null });

      failing.clear();
      const again = await retry(run);
      expect(asked).toEqual(sites);
      expect(again).toMatchObject({
        ...{ state: 'succeeded', trigger: 'retry', retryOfId: run.id, onlyMissing: true },
        counts: { suspended: 0 },
      });
      expect(await shortfallOf(run)).toEqual({ lacked: sites, missing: [], readBy: again.id });
      // Nothing is left to try again for, but it is no good sync: nobody's absence was looked at.
      await eventually(async () =>
        expect(await task()).toMatchObject({ failDelaySeconds: 0, retryAt: null, lastRunAt: null }),
      );
      for (const other of ['sync_teachers', 'sync_tutors'] as const) await cluster.run(other);
      await expectTruth(cluster.db, cluster.simulator);
      expect(await retryRun(cluster.context, run.id)).toMatchObject({
        ...{ outcome: 'nothing_missing', readBy: { id: again.id } },
      });
    });

    test('may lack something itself, or fail, and is retried in its turn', async () => {
      const { run, sites } = await runWithout(0, 2);
      const [first = '', second = ''] = sites;
      failing.delete(first);
      const partly = await retry(run);
      expect(partly).toMatchObject({ state: 'partial', onlyMissing: true });
      expect(partly.error).toContain(`site ${second}`);
      expect(await shortfallOf(run)).toEqual({ lacked: sites, missing: [second], readBy: null });

      const vain = await retry(partly);
      expect(vain).toMatchObject({ state: 'failed', onlyMissing: true });
      asked = [];
      failing.clear();
      const last = await retry(vain);
      expect(last).toMatchObject({ state: 'succeeded', onlyMissing: true, retryOfId: vain.id });
      expect(asked).toEqual([second]);
      for (const earlier of [run, partly, vain]) {
        expect(await shortfallOf(earlier)).toMatchObject({ missing: [], readBy: last.id });
      }
      expect(await task()).toMatchObject({ failDelaySeconds: 0 });
    });

    test('suspends nobody, whoever is gone from what it reads; the whole one does', async () => {
      expect(await cluster.run('sync_students')).toMatchObject({ state: 'succeeded' });
      const { run } = await runWithout(1);
      cluster.simulator.control({ day: 30 });
      failing.clear();
      const again = await retry(run);
      expect(again).toMatchObject({ state: 'succeeded', onlyMissing: true });
      expect(again).toMatchObject({ counts: { suspended: 0 }, links: { removed: 0 } });

      const { run: whole } = await retryRun(cluster.context, run.id, { whole: true });
      expect(whole).toMatchObject({ trigger: 'retry', retryOfId: run.id, onlyMissing: false });
      const ended = await cluster.untilEnded(whole?.id ?? 0);
      expect(ended.counts.suspended).toBeGreaterThan(0);
    });

    test('reads everything where what it lacked is read no longer', async () => {
      const { run } = await runWithout(1);
      failing.clear();
      await cluster.sql.query(
        `UPDATE sync_run_parts SET period_code = '1999' WHERE run_id = ${run.id} AND state = 'failed'`,
      );
      const again = await retry(run);
      expect(again).toMatchObject({ state: 'succeeded', onlyMissing: false });
      expect(new Set(asked).size).toBe(centre.sites);
    });

    test('of which nothing was applied reads everything', async () => {
      const { siteCodes } = await cluster.context.registry.planningData();
      failing = new Set(siteCodes);
      const run = await cluster.run('sync_students');
      expect(run).toMatchObject({ state: 'failed' });
      failing.clear();
      expect(await retry(run)).toMatchObject({ state: 'succeeded', onlyMissing: false });
    });

    test('keeps no date of the schedule from its run', async () => {
      const { run } = await runWithout(1);
      failing.clear();
      cluster.simulator.control({ latencyMs: 15_000 });
      const { run: going } = await retryRun(cluster.context, run.id);
      const state = async () => (await cluster.db.runs.getRun(going?.id ?? 0))?.state;
      await eventually(async () => expect(await state()).toBe('running'));
      // Whoever asks for everything is told that this is not it.
      const everything = await requestRun(cluster.context, {
        ...{ task: 'sync_students', trigger: 'manual' },
      });
      expect(everything).toMatchObject({ outcome: 'busy', run: { id: going?.id } });
      const at = (await task())?.nextRunAt ?? new Date(0);
      const due = { of: 'schedule', at, next: new Date(at.getTime() + 86_400_000) } as const;
      expect(await cluster.db.runs.requestDueRun('sync_students', due, at)).toBeNull();
      expect(await task()).toMatchObject({ nextRunAt: at });
      await cancelRun(cluster.context, going?.id ?? 0);
    });
  },
  ['postgres'],
);

async function refuse(): Promise<never> {
  throw new SourceError('soap_fault', 'The site cannot be read.', { retryable: false });
}
