import { setTimeout as delay } from 'node:timers/promises';
import { TASK_NAMES, type TaskName } from '@passerelle/roster';
import type { Run } from '@passerelle/sync';
import { afterEach, describe, expect, test } from 'vitest';
import { amount, createDice, type Dice } from './support/amount.js';
import { expectWhole, lookAt } from './support/expect-whole.js';
import { createRig, QUEUE_KINDS, type Rig } from './support/rig.js';
import { untilTrue } from '../support/patience.js';

const MOMENTS = amount({ sample: 2, full: 50 });

/** The long ones more often: they have more moments. */
const STRUCK: readonly TaskName[] = [
  ...TASK_NAMES,
  'sync_students',
  'sync_students',
  'sync_tutors',
];

describe.each(QUEUE_KINDS)('workers killed in mid-run, the queue on %s', (kind) => {
  let rig: Rig;
  afterEach(() => rig.dispose());

  test(
    `${MOMENTS} times leave the registry whole, and others finish their runs`,
    async () => {
      const dice = createDice(`kill ${kind}`);
      rig = await createRig(kind, { simulator: { latencyMs: 15 }, sites: 3, learners: 60 });
      const [, ...workers] = await Promise.all([
        rig.start('scheduler'),
        ...[rig.start('worker'), rig.start('worker')],
      ]);
      const first = await rig.runAll();
      await expectWhole(rig, first);
      const durations = new Map(first.map((run) => [run.task, durationOf(run)]));

      let inMidRun = 0;
      for (let day = 1; day <= MOMENTS; day++) {
        rig.simulator.control({ day });
        const struck = dice.pick(STRUCK);
        const runs: Run[] = [];
        for (const task of TASK_NAMES) {
          if (task !== struck) {
            runs.push(await rig.run(task));
            continue;
          }
          const before = await lookAt(rig, 0);
          const { id } = await rig.request(task);
          await someMoment(rig, id, dice, durations.get(task) ?? 0);
          // One of them, or, to be sure of those at work, both.
          const victims = dice.next() < 0.5 ? workers.splice(0) : workers.splice(dice.below(2), 1);
          await Promise.all(victims.map((victim) => rig.kill(victim)));
          const after = await lookAt(rig, id);
          if (!after.ended) {
            inMidRun++;
            // Nothing half-applied: what a killed worker left is what it found.
            expect(after.content).toBe(before.content);
          }
          const rescued = rig.untilEnded(id);
          const others = await Promise.all(victims.map(() => rig.start('worker')));
          workers.push(...others);
          runs.push(await rescued);
        }
        await expectWhole(rig, runs);
      }
      expect(inMidRun).toBeGreaterThan(MOMENTS / 4);
    },
    amount({ sample: 600_000, full: 3_600_000 }),
  );
});

const durationOf = ({ queuedAt, endedAt }: Run): number =>
  (endedAt ?? queuedAt).getTime() - queuedAt.getTime();

/** Anywhere in a run; one time in three while it is reconciled, which is short. */
async function someMoment(rig: Rig, runId: number, dice: Dice, durationMs: number): Promise<void> {
  if (dice.next() < 2 / 3) {
    await delay(dice.next() * durationMs);
    return;
  }
  await untilTrue(
    async () => {
      const parts = await rig.db.runs.listParts(runId);
      return parts.length > 0 && parts.every(({ state }) => state === 'done');
    },
    { interval: 2 },
  );
  await delay(dice.next() * 80);
}
