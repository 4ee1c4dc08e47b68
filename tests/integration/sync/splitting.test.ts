import { loadContract } from '@passerelle/netypareo';
import type { Run, RunPart } from '@passerelle/sync';
import { afterEach, expect, test } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { expectTruth } from '../../support/truth.js';

const today = '2026-11-20';
const LEARNERS = 240;
const SITES = 2;
/** A site's learners are some 380 kB, a group's 55 kB, a learner 3 kB. */
const GROUP_FITS = 150_000;
const PAGE_FITS = 100_000;

const BASICS = ['update_caches', 'sync_sites', 'sync_groups', 'sync_pdgroups'] as const;
const centre = { today, learners: LEARNERS, sites: SITES };

// How a list is cut is no matter of the queue.
eachBackend(
  'a centre whose answers fail by their size',
  (backend) => {
    let cluster: TestCluster;
    afterEach(() => cluster.dispose());

    const tooBig = () => {
      const { byOutcome } = cluster.simulator.stats();
      return (byOutcome['tooBig502'] ?? 0) + (byOutcome['tooBigReset'] ?? 0);
    };
    const partsOf = ({ id }: Run) => cluster.db.runs.listParts(id);
    const open = async (options: Parameters<typeof createCluster>[1]) => {
      cluster = await createCluster(backend, {
        ...{ simulator: { centre }, random: () => 0.01 },
        ...options,
      });
      await cluster.startWorker();
      for (const task of BASICS) expect(await cluster.run(task)).toMatchObject(GOOD);
    };
    const runOthers = async () => {
      for (const task of ['sync_teachers', 'sync_tutors'] as const) {
        expect(await cluster.run(task)).toMatchObject(GOOD);
      }
    };

    test('is read whole by its groups, and the next time by them at once', async () => {
      await open({});
      cluster.simulator.control({ maxAnswerBytes: GROUP_FITS });
      const first = await cluster.run('sync_students');
      expect(first).toMatchObject(GOOD);
      expect(tooBig()).toBeGreaterThan(0);
      expect(states(await partsOf(first))).toMatchObject({ split: SITES });
      await runOthers();
      await expectTruth(cluster.db, cluster.simulator);

      cluster.simulator.control({ day: 1, reset: true });
      const second = await cluster.run('sync_students');
      expect(second).toMatchObject(GOOD);
      expect(tooBig()).toBe(0);
      expect(Object.keys(states(await partsOf(second)))).toEqual(['done']);
      cluster.simulator.control({ maxAnswerBytes: null });
      for (const task of [...BASICS, 'sync_teachers', 'sync_tutors'] as const)
        await cluster.run(task);
      await expectTruth(cluster.db, cluster.simulator);
    });

    test('is read whole in pages where there are no groups, and forgets slowly', async () => {
      const contract = await loadContract(undefined);
      const { students } = contract.readings;
      if (students === 'none') throw new Error('The contract has no learners.');
      const { finest: _, ...byPages } = students;
      await open({
        contract: { ...contract, readings: { ...contract.readings, students: byPages } },
      });
      cluster.simulator.control({ maxAnswerBytes: PAGE_FITS });
      expect(await cluster.run('sync_students')).toMatchObject(GOOD);
      await runOthers();
      await expectTruth(cluster.db, cluster.simulator);
      const learnt = (await cluster.db.sourceState.learnt()).filter(
        ({ reading }) => reading === 'students',
      );
      expect(learnt.map(({ pageLimit }) => pageLimit)).toEqual([25, 25]);

      cluster.simulator.control({ reset: true });
      expect(await cluster.run('sync_students')).toMatchObject(GOOD);
      expect(tooBig()).toBe(0);

      // A week later one step coarser is tried, which is too much still.
      await cluster.sql.query(
        `UPDATE source_pieces SET learnt_at = learnt_at - interval '8 days' WHERE reading = 'students'`,
      );
      const later = await cluster.run('sync_students');
      expect(later).toMatchObject(GOOD);
      const firstPages = (await partsOf(later)).slice(0, SITES);
      expect(firstPages.map(({ page }) => page?.limit)).toEqual([50, 50]);
      expect(tooBig()).toBeGreaterThan(0);
      expect((await cluster.db.sourceState.learnt()).map(({ pageLimit }) => pageLimit)).toEqual(
        expect.arrayContaining([25, 25]),
      );
      await expectTruth(cluster.db, cluster.simulator);
    });

    test('without smaller pieces ends partial, names what is missing, and suspends nobody', async () => {
      const contract = await loadContract(undefined);
      const { students } = contract.readings;
      if (students === 'none') throw new Error('The contract has no learners.');
      const { finest: _finest, page: _page, ...whole } = students;
      const { debut: _debut, nombre: _nombre, ...parameters } = students.parameters ?? {};
      await open({
        contract: {
          ...contract,
          readings: { ...contract.readings, students: { ...whole, parameters } },
        },
      });
      expect(await cluster.run('sync_students')).toMatchObject(GOOD);
      // What the sites weigh on a day on which some have left; nobody was read that day.
      cluster.simulator.control({ day: 20 });
      const [small, large] = await sizesBySite(cluster);
      const middle = Math.round((small.bytes + large.bytes) / 2);
      cluster.simulator.control({ maxAnswerBytes: middle });
      const run = await cluster.run('sync_students');
      expect(run).toMatchObject({
        state: 'partial',
        counts: { suspended: 0 },
        links: { removed: 0 },
      });
      expect(run.error).toContain(`site ${large.site}`);
      expect(run.error).not.toContain(`site ${small.site}`);
    });
  },
  ['postgres'],
);

eachBackend('a part that was cut', (backend) => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());

  test('is read in its pieces, each once, though nobody came to put them on the queue', async () => {
    cluster = await createCluster(backend, { simulator: { centre }, random: () => 0.01 });
    const { queue } = cluster.context;
    let lost = 0;
    cluster.context.queue = {
      ...queue,
      // The process is gone between what the database knows and what the queue knows.
      enqueueMoreParts: async (...call) => {
        lost += 1;
        if (lost > 1) return queue.enqueueMoreParts(...call);
        throw new Error('gone');
      },
    };
    await cluster.startWorker();
    for (const task of BASICS) expect(await cluster.run(task)).toMatchObject(GOOD);
    cluster.simulator.control({ maxAnswerBytes: GROUP_FITS, reset: true });
    const run = await cluster.run('sync_students');
    expect(run).toMatchObject(GOOD);
    expect(lost).toBeGreaterThan(0);
    const parts = await cluster.db.runs.listParts(run.id);
    expect(states(parts)).toEqual({ split: SITES, done: parts.length - SITES });
    const places = parts.map(({ siteCode, groupCode, periodCode }) =>
      [periodCode, siteCode, groupCode].join(),
    );
    expect(new Set(places).size).toBe(parts.length);
    const { getApprenants } = cluster.simulator.stats().byOperation;
    expect(getApprenants?.byOutcome['ok']).toBe(parts.length - SITES);
    for (const task of ['sync_teachers', 'sync_tutors'] as const) {
      expect(await cluster.run(task)).toMatchObject(GOOD);
    }
    await expectTruth(cluster.db, cluster.simulator);
  });
});

const GOOD = { state: 'succeeded', error: null };

/** How many parts there are in each state. */
function states(parts: readonly RunPart[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of parts) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** The two sites by what the answer about their learners weighs now. */
async function sizesBySite({ context, simulator }: TestCluster) {
  const { signal } = new AbortController();
  const { siteCodes, periods } = await context.registry.planningData();
  const period = periods.find(({ code }) => code.startsWith('2026')) ?? periods[0] ?? null;
  const sizes = [];
  for (const site of siteCodes) {
    const scope = { periodCode: period?.code ?? null, siteCode: site, groupCode: null, page: null };
    const request = { reading: 'students', purpose: 'onDemand', scope, period } as const;
    const { bytes } = await context.source.readPart(request, async () => {}, signal);
    sizes.push({ site, bytes });
  }
  simulator.control({ reset: true });
  const [small, large] = sizes.toSorted((one, other) => one.bytes - other.bytes);
  if (small === undefined || large === undefined) throw new Error('The centre has too few sites.');
  return [small, large] as const;
}
