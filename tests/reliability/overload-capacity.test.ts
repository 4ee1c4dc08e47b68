import { loadContract } from '@passerelle/netypareo';
import { parseCapacityPlan } from '@passerelle/simulator';
import { afterEach, expect, test } from 'vitest';
import { eachBackend } from '../support/backends.js';
import { createCluster, quickOverload, type TestCluster } from '../support/cluster.js';
import { expectTruth } from '../support/truth.js';
import { amount, IS_FULL } from './support/amount.js';

// P6 of performance.md with the whole of Passerelle, on either queue, with one worker and
// with four, in scaled time. How fast it is, the bench says; here only counts decide.

const HARD_CAP = 10;
const GROUPS = amount({ sample: 30, full: 240 });
const OTHERS = ['update_caches', 'sync_sites', 'sync_groups', 'sync_pdgroups'] as const;
const LAST = ['sync_teachers', 'sync_tutors'] as const;

const CHANGING = '4@0,1@2s,3@6s';
const ALL = [
  [1, '2'],
  [4, '2'],
  [1, CHANGING],
  [4, CHANGING],
] as const;
const CASES = IS_FULL ? ALL : ALL.slice(1, 2);

eachBackend('a server that bears so much', (backend) => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());

  test.each(CASES)(
    'is read whole by %i workers within what it bears (%s)',
    async (workers, plan) => {
      cluster = await createCluster(backend, {
        simulator: {
          centre: { today: '2026-11-20', learners: GROUPS, groups: GROUPS, sites: 3 },
        },
        contract: await groupByGroup(),
        overload: quickOverload(HARD_CAP),
        random: () => 0.01,
        maxFetches: HARD_CAP,
      });
      for (let count = 0; count < workers; count += 1) {
        await cluster.startWorker(count === 0 ? cluster.context : await cluster.openContext());
      }
      for (const task of OTHERS) await cluster.run(task);
      cluster.simulator.control({
        ...{ capacity: parseCapacityPlan(plan), latencyMs: 250, jitter: 0.3, reset: true },
      });
      expect(await cluster.run('sync_students')).toMatchObject({ state: 'succeeded' });
      const { calls, byOutcome, maxInFlight } = cluster.simulator.stats();
      expect(maxInFlight).toBeLessThanOrEqual(HARD_CAP - 1);
      expect(byOutcome['ok']).toBeGreaterThanOrEqual(GROUPS);
      // Slow start meets the ceiling once, and each change of it; then it is tried ever more rarely.
      expect((byOutcome['capacity502'] ?? 0) / calls).toBeLessThan(
        amount({ sample: 0.25, full: 0.1 }),
      );
      cluster.simulator.control({ capacity: null, latencyMs: 0 });
      for (const task of LAST) await cluster.run(task);
      await expectTruth(cluster.db, cluster.simulator);
    },
  );
});

/** A call for each group, so that there are many. */
async function groupByGroup() {
  const contract = await loadContract(undefined);
  const { students } = contract.readings;
  if (students === 'none') throw new Error('The contract has no learners.');
  const { finest: _, ...rest } = students;
  const split = ['period', 'site', 'group'] as const;
  return {
    ...contract,
    readings: { ...contract.readings, students: { ...rest, split: [...split] } },
  };
}
