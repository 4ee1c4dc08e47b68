import { setTimeout as delay } from 'node:timers/promises';
import { TASK_NAMES } from '@passerelle/roster';
import type { Run } from '@passerelle/sync';
import { afterAll, describe, expect, test } from 'vitest';
import { amount, createDice, IS_FULL } from './support/amount.js';
import { expectWhole } from './support/expect-whole.js';
import { createRig, QUEUE_KINDS, type QueueKind, type Rig } from './support/rig.js';
import { untilTrue } from '../support/patience.js';

/** A server goes away in mid-run, and comes back after this. */
const AWAY_MS = 800;

const OUTAGES: Readonly<Record<string, (rig: Rig) => Promise<void>>> = {
  'PostgreSQL stopped': async ({ postgres }) => {
    await postgres.halt('fast');
    await delay(AWAY_MS);
    await postgres.start();
  },
  'PostgreSQL crashed, with its unlogged tables': async ({ postgres }) => {
    await postgres.halt('immediate');
    await delay(AWAY_MS);
    await postgres.start();
  },
  'Redis stopped': async ({ redis }) => {
    await redis?.halt(true);
    await delay(AWAY_MS);
    await redis?.start();
  },
  'Redis killed and empty after it': async ({ redis }) => {
    await redis?.halt(false);
    await delay(AWAY_MS);
    await redis?.start();
  },
  'Redis emptied': async ({ redis }) => redis?.flush(),
};

const cases = QUEUE_KINDS.flatMap((kind) =>
  Object.keys(OUTAGES)
    .filter((name) => kind === 'redis' || !name.startsWith('Redis'))
    .map((name): [string, QueueKind] => [name, kind]),
);
/** Each outage once: a server that is stopped is a milder case of one that crashed. */
const SAMPLE = cases.filter(
  ([name, kind]) =>
    /crashed|emptied|empty/.test(name) && name.startsWith('Redis') === (kind === 'redis'),
);

const ROUNDS = amount({ sample: 1, full: 4 });

describe('an outage in mid-run', () => {
  const rigs = new Map<QueueKind, Promise<Rig>>();
  const rigOn = (kind: QueueKind): Promise<Rig> => {
    const rig = rigs.get(kind) ?? startRig(kind);
    rigs.set(kind, rig);
    return rig;
  };
  let day = 0;

  afterAll(async () => {
    for (const rig of await Promise.allSettled(rigs.values())) {
      if (rig.status === 'fulfilled') await rig.value.dispose();
    }
  });

  test.each(IS_FULL ? cases : SAMPLE)(
    `%s (queue on %s), ${ROUNDS} times, changes nothing in the end`,
    async (name, kind) => {
      const rig = await rigOn(kind);
      const dice = createDice(`${name} ${kind}`);
      for (let round = 0; round < ROUNDS; round++) {
        rig.simulator.control({ day: ++day });
        const runs: Run[] = [];
        for (const task of TASK_NAMES) {
          if (task !== 'sync_students') {
            runs.push(await rig.run(task));
            continue;
          }
          rig.simulator.control({ latencyMs: 150 });
          const { id } = await rig.request(task);
          await untilStaging(rig, id);
          await delay(dice.next() * 150);
          const struckAt = new Date();
          await OUTAGES[name]?.(rig);
          const run = await rig.untilEnded(id);
          // It was struck before its end.
          expect(run.endedAt?.getTime()).toBeGreaterThan(struckAt.getTime());
          runs.push(run);
          rig.simulator.control({ latencyMs: 0 });
        }
        await expectWhole(rig, runs);
      }
    },
    300_000 * ROUNDS,
  );
});

async function startRig(kind: QueueKind): Promise<Rig> {
  const rig = await createRig(kind, { sites: 12, learners: 60 });
  try {
    await Promise.all([rig.start('scheduler'), rig.start('worker'), rig.start('worker')]);
    await expectWhole(rig, await rig.runAll());
    return rig;
  } catch (error) {
    await rig.dispose();
    throw error;
  }
}

/** Until something of the run was read: from then on there is something to lose. */
async function untilStaging({ db }: Rig, runId: number): Promise<void> {
  await untilTrue(
    async () => (await db.runs.listParts(runId)).some(({ state }) => state === 'done'),
    {
      timeout: 30_000,
      interval: 5,
    },
  );
}
